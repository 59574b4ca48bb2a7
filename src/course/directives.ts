// The container directives that a chapter may use, and their attributes.
import { slug } from 'github-slugger';
import type { Paragraph } from 'mdast';
import type { ContainerDirective } from 'mdast-util-directive';
import { toString as textOf } from 'mdast-util-to-string';
import type { Source } from './source.ts';

/** Directive → the attributes it takes. The asides are Starlight's. */
export const directives: Readonly<Record<string, readonly string[]>> = {
	exercise: ['id'],
	check: ['id', 'for', 'after-only'],
	hint: ['for'],
	solution: ['for'],
	speaker: [],
	extra: [],
	note: ['icon'],
	tip: ['icon'],
	caution: ['icon'],
	danger: ['icon'],
};

/** Throws a SourceError for a directive that is unknown, or has an attribute that is unknown or malformed. */
export function checkDirective(directive: ContainerDirective, source: Source): void {
	const { name } = directive;
	if (!Object.hasOwn(directives, name)) {
		throw source.error(
			directive,
			`\`:::${name}\` is no directive.`,
			`There are: ${Object.keys(directives).join(', ')}.`,
		);
	}
	const allowed = directives[name];
	for (const [attribute, value] of Object.entries(directive.attributes ?? {})) {
		if (!allowed.includes(attribute)) {
			throw source.error(
				directive,
				`\`${attribute}\` is no attribute of \`:::${name}\`.`,
				allowed.length > 0 ? `There are: ${allowed.join(', ')}.` : 'It takes none: take the braces out.',
			);
		}
		if ((attribute === 'id' || attribute === 'for') && !/^[a-z0-9](?:[\w-]*[a-z0-9])?$/i.test(value ?? '')) {
			throw source.error(
				directive,
				`\`${attribute}=${value}\` of \`:::${name}\` is malformed.`,
				`Write ${attribute === 'id' ? '`{#name}`' : '`{for=name}`'} with letters, digits and -.`,
			);
		}
		if (attribute === 'after-only' && value !== '') {
			throw source.error(directive, '`after-only` takes no value.', 'Write `{after-only}`.');
		}
	}
}

/** The `[…]` of a directive. */
export function labelOf(directive: ContainerDirective): Paragraph | undefined {
	const first = directive.children[0];
	return first?.type === 'paragraph' && first.data?.directiveLabel ? first : undefined;
}

/** A directive's title in plain text, or a default. */
export function titleOf(directive: ContainerDirective, otherwise: string): string {
	const label = labelOf(directive);
	return (label && textOf(label).trim()) || otherwise;
}

/** The id that a directive was given, or its title's slug. */
export function idOf(directive: ContainerDirective, title: string): string {
	return directive.attributes?.id || slug(title) || directive.name;
}
