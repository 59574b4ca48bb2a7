// `![What it shows](diagrams/claims.svg)`: a drawing of the chapter, put into the page so that it has the site's
// colours and fonts, in the light and in the dark.
import type { Element as Drawing, ElementContent } from 'hast';
import { fromHtml } from 'hast-util-from-html';
import type { Image, Paragraph, Root } from 'mdast';
import type { Plugin } from 'unified';
import { visit } from 'unist-util-visit';
import type { Source } from '../course/source.ts';
import type { ChapterOptions } from './chapter.ts';
import { element } from './element.ts';

/** What a drawing may consist of: nothing that loads, runs or links. */
const allowed = new Set(
	'svg g defs marker path line polyline polygon rect circle ellipse text tspan title desc'.split(' '),
);
/** Attributes by which one part names another. */
const naming = ['markerStart', 'markerMid', 'markerEnd', 'fill', 'stroke', 'clipPath', 'mask'];

const isDrawing = ({ url }: Image) => /\.svg$/.test(url) && !/^([a-z]+:|\/)/.test(url);

/**
 * Throws a SourceError for a picture without words for who cannot see it, and for a drawing that is missing or
 * is made of more than shapes and text.
 */
export function refuseBadPictures(tree: Root, source: Source, files: Readonly<Record<string, string>>): void {
	visit(tree, 'image', (image) => {
		if (!image.alt?.trim())
			throw source.error(
				image,
				`The picture ${image.url} has no text for those who do not see it.`,
				'Say what it shows: `![Two pods share one claim](…)`.',
			);
		if (isDrawing(image)) readDrawing(image, source, files);
	});
}

/** remark plugin: puts each drawing into the page as `<figure class="diagram">`. */
export const remarkDiagram: Plugin<[ChapterOptions], Root> =
	({ surroundings }) =>
	(tree, file) => {
		const around = surroundings(file.path);
		const reading = file.data.chapter;
		if (!around || !reading) return;
		let count = 0;
		visit(tree, 'paragraph', (paragraph: Paragraph, index, parent) => {
			const [image, ...others] = paragraph.children;
			if (image?.type !== 'image' || others.length > 0 || !isDrawing(image) || !parent) return;
			const drawing = parseDrawing(around.files[pathOf(image)]);
			if (!drawing) return;
			count++;
			renameIds(drawing, `diagram-${count}-`);
			drawing.properties = { ...drawing.properties, role: 'img', ariaLabel: image.alt ?? '' };
			delete drawing.properties.width;
			delete drawing.properties.height;
			const figure = element('figure', { className: 'diagram' });
			figure.data.hChildren = [drawing];
			parent.children[index ?? 0] = figure;
		});
	};

const pathOf = ({ url }: Image) => url.replace(/^\.\//, '');

function readDrawing(image: Image, source: Source, files: Readonly<Record<string, string>>): void {
	const text = files[pathOf(image)];
	if (text === undefined)
		throw source.error(
			image,
			`There is no drawing ${image.url} beside the chapter.`,
			`Put it there, or mend the name; the path counts from the chapter's folder.`,
		);
	const drawing = parseDrawing(text);
	const problem = drawing ? problemOf(drawing) : 'it is no SVG';
	if (problem)
		throw source.error(
			image,
			`The drawing ${image.url} cannot be put into the page: ${problem}.`,
			'Draw with shapes and text that have the classes of src/styles/diagram.css, and give `<svg>` a viewBox.',
		);
}

function parseDrawing(text: string): Drawing | undefined {
	const { children } = fromHtml(text.replace(/^\s*<\?xml[^>]*>/, ''), { fragment: true });
	return children.find((node): node is Drawing => node.type === 'element' && node.tagName === 'svg');
}

function problemOf(drawing: Drawing): string | undefined {
	if (!drawing.properties.viewBox) return '`<svg>` has no viewBox';
	let problem: string | undefined;
	visit(drawing, 'element', (part) => {
		if (!allowed.has(part.tagName)) problem ??= `\`<${part.tagName}>\` is not for drawings`;
		for (const name of Object.keys(part.properties)) {
			if (name === 'style' || /^(on|href|xLinkHref)/.test(name))
				problem ??= `\`<${part.tagName}>\` has the attribute \`${name}\``;
		}
		for (const name of ['fill', 'stroke']) {
			const value = part.properties[name];
			if (value !== undefined && !/^(none|currentColor|url\()/.test(String(value)))
				problem ??= `\`${name}="${value}"\` is one colour in the light and in the dark`;
		}
	});
	return problem;
}

/** Two drawings on a page may both have an `arrow`. */
function renameIds(drawing: Drawing, prefix: string): void {
	visit(drawing as ElementContent, 'element', (part) => {
		const { properties } = part;
		if (properties.id) properties.id = `${prefix}${properties.id}`;
		for (const name of naming) {
			const value = properties[name];
			if (typeof value === 'string') properties[name] = value.replace(/url\(#/g, `url(#${prefix}`);
		}
	});
}
