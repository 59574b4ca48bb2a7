// Variable assignments before a command or alone, and what `set -x` shows of them and of commands.

import { endOf } from './parameters.ts';
import type { Shell } from './shell.ts';
import type { ArrayElement, Assignment } from './syntax.ts';
import type { Elements } from './variables.ts';

/** Assigns, hiding what was there until the scope is left where `temporary`; traces with the command where -x is set. */
export async function assign(
	shell: Shell,
	assignments: readonly Assignment[],
	words: readonly string[],
	temporary: boolean,
): Promise<void> {
	const traced: string[] = [];
	for (const assignment of assignments) {
		const { name } = assignment;
		if (Array.isArray(assignment.value)) {
			await assignArray(shell, assignment, assignment.value);
			continue;
		}
		const text = await shell.expander.text(assignment.value);
		const before = assignment.append ? (shell.parameter(name) ?? '') : '';
		if (shell.options.has('x')) traced.push(`${name}=${quoteForTrace(shell, text)}`);
		if (assignment.subscript) await assignElement(shell, assignment, text);
		else {
			try {
				if (temporary) shell.variables.local(name, true);
			} catch (error) {
				throw shell.readOnlyError(error);
			}
			shell.assign(name, before + text);
		}
		if (temporary) shell.variables.declare(name, { exported: true });
	}
	if (traced.length > 0) await trace(shell, traced, words);
}

/** Shows a command under `set -x`. */
export async function trace(
	shell: Shell,
	assignments: readonly string[],
	words: readonly string[],
): Promise<void> {
	if (!shell.options.has('x')) return;
	const prompt = shell.parameter('PS4') ?? '+ ';
	const parts = words.map((word) => quoteForTrace(shell, word));
	// bash traces each assignment by itself.
	const apart = shell.dialect.bash && words.length > 0 ? assignments : [];
	const together = [...(apart.length > 0 ? [] : assignments), ...parts].join(' ');
	const lines = [...apart, together].map((line) => `${prompt}${line}\n`);
	await shell.process.write(2, lines.join(''));
}

async function assignArray(
	shell: Shell,
	assignment: Assignment,
	given: readonly ArrayElement[],
): Promise<void> {
	const { variables, expander } = shell;
	const before = assignment.append ? variables.find(assignment.name)?.elements : undefined;
	const elements: Elements = new Map(before);
	let next = endOf(elements);
	for (const { subscript, value } of given) {
		if (subscript) {
			const key = await expander.subscript(assignment.name, subscript);
			elements.set(key, await expander.text(value));
			if (typeof key === 'number') next = key + 1;
		} else for (const text of await expander.words([value])) elements.set(next++, text);
	}
	variables.setElements(assignment.name, elements);
}

async function assignElement(shell: Shell, assignment: Assignment, text: string): Promise<void> {
	const { variables, expander } = shell;
	const index = await expander.subscript(assignment.name, assignment.subscript!);
	const variable = variables.find(assignment.name);
	const elements: Elements = new Map(
		variable?.elements ?? (variable?.value === undefined ? [] : [[0, variable.value]]),
	);
	elements.set(index, (assignment.append ? (elements.get(index) ?? '') : '') + text);
	variables.setElements(assignment.name, elements);
}

/** A word as -x shows it. */
function quoteForTrace(shell: Shell, text: string): string {
	if (text === '') return shell.dialect.name === 'dash' ? '' : "''";
	if (shell.dialect.name === 'dash') return text;
	return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
