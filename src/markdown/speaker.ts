// `:::speaker`: notes for the person who presents.
import type { Root } from 'mdast';
import type { Plugin } from 'unified';
import { replaceDirectives } from './directive.ts';
import { element } from './element.ts';

/** remark plugin: makes notes `<aside class="speaker-notes" hidden>`; the speaker view shows them. */
export const remarkSpeaker: Plugin<[], Root> = () => (tree) => {
	replaceDirectives(tree, 'speaker', (_directive, { content }) =>
		element('aside', { className: 'speaker-notes', hidden: '' }, content),
	);
};

/** A rendered chapter without its speaker notes, which the reading page does not carry at all. */
export function withoutSpeakerNotes(html: string): string {
	const opening = /<aside class="speaker-notes"[^>]*>/.exec(html);
	if (!opening) return html;
	const tags = /<(\/?)aside\b[^>]*>/g;
	tags.lastIndex = opening.index;
	// Notes may hold Starlight's asides: the tag that brings the depth back to 0 ends them.
	let depth = 0;
	for (let tag = tags.exec(html); tag; tag = tags.exec(html)) {
		depth += tag[1] ? -1 : 1;
		if (depth === 0) return html.slice(0, opening.index) + withoutSpeakerNotes(html.slice(tags.lastIndex));
	}
	throw new Error('Speaker notes without an end in the rendered chapter');
}
