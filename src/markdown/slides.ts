// `---` starts a slide: what is between two of them becomes a section with its heading's slug as id.
import type { Root } from 'mdast';
import type { Plugin } from 'unified';
import { isUnseen, type SlideContent } from '../course/slides.ts';
import { readingOf } from './chapter.ts';
import { type Element, element } from './element.ts';
import { increments } from './increments.ts';

/** remark plugin, the first to render: puts each slide into `<section class="slide">`. */
export const remarkSlides: Plugin<[], Root> = () => (tree, file) => {
	const reading = readingOf(file);
	if (!reading) return;
	const unseen = tree.children.filter(isUnseen);
	const title = file.data.astro?.frontmatter?.title;
	const isTitle = (slide: SlideContent) => slide === reading.slides[0] && slide.title === title;
	tree.children = [...unseen, ...reading.slides.map((slide) => section(slide, isTitle(slide)))];
};

/** `isTitle`: it is the first, and only repeats the chapter's title. */
function section(slide: SlideContent, isTitle: boolean): Element {
	const { id, extra, heading } = slide;
	const headingId = `${id}-heading`;
	// The section has the slide's id; its heading needs one of its own.
	if (heading) heading.data = { ...heading.data, hProperties: { id: headingId } };
	const attributes = {
		className: isTitle ? 'slide title-slide' : 'slide',
		id,
		dataSlide: '',
		dataIncrements: slide.increments,
		dataExtra: extra ? '' : undefined,
		ariaLabelledBy: heading ? headingId : undefined,
	};
	return element('section', attributes, increments(slide));
}
