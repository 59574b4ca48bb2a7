// xargs: words of the input as arguments of a command.

import { decode } from '../byte-text.ts';
import { SystemError } from '../process.ts';
import type { Call, Tool } from './tool.ts';

/** Words in quotes or behind backslashes stay whole, as in a shell. */
function wordsOf(call: Call, text: string): string[] {
	const words: string[] = [];
	let word: string | undefined;
	for (let at = 0; at < text.length; at++) {
		const character = text[at];
		if (/[ \t\n]/.test(character)) {
			if (word !== undefined) words.push(word);
			word = undefined;
		} else if (character === "'" || character === '"') {
			const end = text.indexOf(character, at + 1);
			if (end < 0 || text.slice(at, end).includes('\n'))
				return call.fail(
					call.busybox
						? `unmatched ${character === "'" ? 'single' : 'double'} quote`
						: `unmatched ${character === "'" ? 'single' : 'double'} quote; by default quotes are special to xargs unless you use the -0 option`,
				);
			word = (word ?? '') + text.slice(at + 1, end);
			at = end;
		} else if (character === '\\') word = (word ?? '') + (text[++at] ?? '');
		else word = (word ?? '') + character;
	}
	if (word !== undefined) words.push(word);
	return words;
}

export const xargs: Tool = {
	name: 'xargs',
	usage: '[OPTIONS] [PROG ARGS]',
	async run(call) {
		const options = call.options({
			short: '0rtn:L:I:i::d:P:pa:E:s:x',
			long: {
				null: '0',
				'no-run-if-empty': 'r',
				verbose: 't',
				'max-args=': 'n',
				'max-lines=': 'L',
				'replace=?': 'i',
				'delimiter=': 'd',
				'max-procs=': 'P',
				'arg-file=': 'a',
			},
			ordered: true,
		});
		const command = options.operands.length > 0 ? options.operands : ['echo'];
		const replaced = options.value('I') ?? (options.has('i') ? (options.value('i') ?? '{}') : undefined);
		const text = decode(await call.readAll(options.value('a') ?? '-'));
		const delimiter = options.has('0')
			? '\0'
			: options.value('d')?.replace('\\n', '\n').replace('\\t', '\t').replace('\\0', '\0');
		const lines = text.split('\n').filter((line) => line.trim() !== '');
		const items =
			delimiter !== undefined
				? text.split(delimiter).filter((item, i, all) => i < all.length - 1 || item !== '')
				: replaced !== undefined
					? lines.map((line) => wordsOf(call, line.trim().replace(/[ \t]+/g, '\\ ')).join(' '))
					: wordsOf(call, text);
		const batches: string[][] = [];
		if (replaced !== undefined)
			for (const item of items) batches.push(command.map((word) => word.replaceAll(replaced, item)));
		else {
			const size = Number(options.value('n') ?? Number.POSITIVE_INFINITY);
			const groups =
				options.has('L') && delimiter === undefined
					? inGroups(lines, Number(options.value('L'))).map((group) => wordsOf(call, group.join('\n')))
					: inGroups(items, size);
			for (const group of groups) batches.push([...command, ...group]);
			if (batches.length === 0 && !options.has('r') && !call.busybox) batches.push([...command]);
			if (batches.length === 0 && !options.has('r') && call.busybox) batches.push([...command]);
		}
		let code = 0;
		for (const argv of batches) {
			if (options.has('t')) await call.process.write(2, `${argv.join(' ')}\n`);
			const result = await run(call, argv);
			if (result === 126 || result === 127) return result;
			if (result === 255) return call.fail(`${argv[0]}: exited with status 255; aborting`, 124);
			if (result > 128) return call.fail(`${argv[0]}: terminated by signal ${result - 128}`, 125);
			if (result !== 0) code = 123;
		}
		return code;
	},
};

function inGroups<T>(items: readonly T[], size: number): T[][] {
	if (items.length === 0) return [];
	if (!Number.isFinite(size)) return [[...items]];
	return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
		items.slice(i * size, (i + 1) * size),
	);
}

async function run(call: Call, argv: string[]): Promise<number> {
	await call.flush();
	try {
		const nothing = call.process.open('/dev/null', 'r');
		const { pid } = call.process.spawn({ argv, files: new Map([[0, nothing]]) });
		nothing.release();
		return (await call.process.wait(pid))?.code ?? 0;
	} catch (error) {
		if (!(error instanceof SystemError) || error.code === 'EINTR') throw error;
		await call.complain(call.busybox ? `${argv[0]}: ${error.message}` : `${argv[0]}: ${error.message}`);
		return error.code === 'ENOENT' ? 127 : 126;
	}
}
