// `:::solution[Title]{for=exercise}`: what to do; its `file=` fence is what a file step may be filled with.
import type { Code, Parent, Root, RootContent } from 'mdast';
import type { Plugin } from 'unified';
import type { ChapterReading } from '../course/chapter.ts';
import { readingOf } from './chapter.ts';
import { replaceDirectives } from './directive.ts';
import { type Element, element } from './element.ts';
import { button } from './step.ts';

/** remark plugin: makes each solution `<details class="solution">`, its files with a button that uses them. */
export const remarkSolution: Plugin<[], Root> = () => (tree, file) => {
	const reading = readingOf(file);
	if (!reading) return;
	replaceDirectives(tree, 'solution', (directive, { title, content }) => {
		const solution = element('details', { className: 'solution', dataFor: reading.aidFor.get(directive) }, [
			element('summary', {}, title ?? ['Solution']),
			...content,
		]);
		replaceFiles(solution, reading);
		return solution;
	});
};

function replaceFiles(parent: Parent, reading: ChapterReading): void {
	parent.children = parent.children.map((child): RootContent => {
		const node = child as RootContent;
		if (node.type === 'code') return solutionFile(node, reading);
		if ('children' in node) replaceFiles(node, reading);
		return node;
	});
}

function solutionFile(code: Code, reading: ChapterReading): Code | Element {
	const solution = reading.solutionOf.get(code);
	if (!solution) return code;
	const shown: Code = { type: 'code', lang: code.lang, value: solution.content.trimEnd() };
	return element('div', { className: 'solution-file', dataSolutionFile: solution.file }, [
		element('p', { className: 'file-name' }, [solution.file]),
		shown,
		button('useSolution', 'Use this'),
	]);
}
