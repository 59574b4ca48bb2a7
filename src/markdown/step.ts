// A step's fence: the highlighted command with its buttons, or an editable file.
import type { Code, List, ListItem, Parent, Root, RootContent } from 'mdast';
import type { Plugin } from 'unified';
import type { ChapterReading } from '../course/chapter.ts';
import type { CommandStep, Exercise, FileStep } from '../course/manifest.ts';
import { readingOf } from './chapter.ts';
import { type Element, element } from './element.ts';

/**
 * remark plugin: replaces each step's fence, and takes those away that are run but not shown.
 *
 * ```bash terminal=watch
 * kubectl get pods
 * ```
 *
 * becomes `<slidecar-step data-terminal="watch" data-command="kubectl get pods" …>`, the code and a bar of buttons.
 */
export const remarkStep: Plugin<[], Root> = () => (tree, file) => {
	const reading = readingOf(file);
	if (reading) replaceFences(tree, reading);
};

function replaceFences(parent: Parent, reading: ChapterReading): void {
	parent.children = parent.children.flatMap((child): RootContent[] => {
		const node = child as RootContent;
		if (node.type === 'code') return replaceFence(node, reading);
		if (!('children' in node)) return [node];
		const before = node.children.length;
		replaceFences(node, reading);
		// A list item that held nothing but a hidden step goes with it.
		const emptied = before > 0 && node.children.length === 0;
		return emptied && (isList(node) || node.type === 'listItem') ? [] : [node];
	});
}

function isList(node: RootContent): node is List | (ListItem & List) {
	return node.type === 'list';
}

function replaceFence(code: Code, reading: ChapterReading): RootContent[] {
	if (reading.unshown.has(code)) return [];
	const found = reading.stepOf.get(code);
	if (!found) return [code];
	const { exercise, index, step } = found;
	if (step.kind === 'file') return [fileStep(step, exercise, index)];
	return step.hidden ? [] : [commandStep(step, exercise, index)];
}

function commandStep(step: CommandStep, exercise: Exercise, index: number): Element {
	const code: Code = { type: 'code', lang: 'bash', value: step.command };
	const attributes = {
		...common(exercise, index, step.digest),
		dataKind: 'command',
		dataTerminal: step.terminal,
		dataCommand: step.command,
		dataOpen: step.open,
		dataOptional: step.optional ? '' : undefined,
		dataOnly: step.only,
	};
	return element('slidecar-step', attributes, [
		code,
		bar([button('run', 'Run'), button('copy', 'Copy'), ...openLink(step, exercise, index), ...remarks(step)]),
	]);
}

function fileStep(step: FileStep, exercise: Exercise, index: number): Element {
	const id = `file-${exercise.id}-${index}`;
	const attributes = { ...common(exercise, index, step.digest), dataKind: 'file', dataFile: step.file };
	return element('slidecar-step', attributes, [
		element('label', { htmlFor: id, className: 'file-name' }, [step.file]),
		field(id, step.content),
		bar([button('save', 'Save'), button('restore', 'Start again')]),
	]);
}

/** The editable text. Its children are HTML's already: Markdown would take the spaces at the start of lines. */
function field(id: string, content: string): Element {
	const attributes = {
		id,
		dataField: '',
		spellCheck: 'false',
		autoComplete: 'off',
		autoCapitalize: 'off',
		wrap: 'off',
		// The field has its height before anything runs.
		rows: content.trimEnd().split('\n').length,
	};
	const textarea = element('textarea', attributes);
	// Parsers drop a line break right behind the tag: Astro's, and then the browser's.
	const kept = content.startsWith('\n') ? `\n\n${content}` : content;
	textarea.data.hChildren = [{ type: 'text', value: kept }];
	return textarea;
}

function common(exercise: Exercise, index: number, digest: string) {
	return {
		className: 'step',
		dataState: 'idle',
		dataExercise: exercise.id,
		dataStep: index,
		dataDigest: digest,
	};
}

/** What a learner should know before running it. */
function remarks(step: CommandStep): Element[] {
	const texts: string[] = [];
	if (step.terminal !== 'main') texts.push(`in terminal “${step.terminal}”`);
	if (step.optional) texts.push('optional');
	if (step.only === 'embedded') texts.push('only in the simulated lab');
	if (step.only === 'kubeconfig') texts.push('only on a real cluster');
	return texts.length > 0 ? [element('span', { className: 'step-remark' }, [texts.join(', ')])] : [];
}

/**
 * Leads to the page of the lab that the step opens, by its reference: the server knows where that is. It is shown
 * once the step has passed, and why there is none where the lab has no such pages (exercise.css). Every view of a chapter lies two folders below the site's base.
 */
function openLink({ open, digest, source }: CommandStep, exercise: Exercise, index: number): Element[] {
	if (open === undefined) return [];
	const [, chapter = ''] = /^chapters\/([^/]+)\//.exec(source.file) ?? [];
	const reference = new URLSearchParams({ chapter, exercise: exercise.id, step: String(index), digest });
	const attributes = {
		className: 'step-open',
		href: `../../api/open?${reference}`,
		target: '_blank',
		rel: 'noopener',
		title: `${open} of the lab, in a new tab`,
		dataPagefindIgnore: '',
	};
	const words = `Opens ${open} in the simulated lab only`;
	return [
		element('a', attributes, ['Open page']),
		element('span', { className: 'step-open-elsewhere', dataPagefindIgnore: '' }, [words]),
	];
}

/** A button that the browser code finds by its data attribute; its label is nothing to search for. */
export function button(action: string, label: string): Element {
	const name = `data${action[0].toUpperCase()}${action.slice(1)}`;
	return element('button', { type: 'button', [name]: '', dataPagefindIgnore: '' }, [label]);
}

function bar(children: Element[]): Element {
	return element('div', { className: 'step-bar' }, [...children, status()]);
}

/** Where the browser code says how it went. */
export function status(): Element {
	return element('output', { className: 'step-status', ariaLive: 'polite' });
}
