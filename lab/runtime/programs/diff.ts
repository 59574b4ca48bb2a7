// diff and cmp: what differs between two files, by Myers' algorithm.

import { decode } from '../byte-text.ts';
import { SystemError } from '../process.ts';
import { strftime } from './dates.ts';
import type { Options } from './options.ts';
import { type Call, join, lastPart, type Tool } from './tool.ts';

/** How many lines a step compares. */
const linesPerStep = 256;

/** A stretch of lines that differ: from (included) to (not included) on either side. */
interface Change {
	from: [number, number];
	to: [number, number];
}

/** The shortest edit from one list of lines to another. */
async function changesBetween(call: Call, a: readonly string[], b: readonly string[]): Promise<Change[]> {
	// What stands on one side only can be no match: without it, the rest is searched much sooner.
	const [inA, inB] = [new Set(a), new Set(b)];
	const shared = (lines: readonly string[], other: ReadonlySet<string>) =>
		lines.flatMap((line, index) => (other.has(line) ? [index] : []));
	const [indexA, indexB] = [shared(a, inB), shared(b, inA)];
	const matches = await commonLines(
		call,
		indexA.map((index) => a[index]),
		indexB.map((index) => b[index]),
	);
	const changes: Change[] = [];
	let [atA, atB] = [0, 0];
	for (const [x, y] of [...matches.map(([x, y]) => [indexA[x], indexB[y]]), [a.length, b.length]]) {
		if (x > atA || y > atB) changes.push({ from: [atA, x], to: [atB, y] });
		[atA, atB] = [x + 1, y + 1];
	}
	return changes;
}

/** The indexes of a longest common subsequence (E. W. Myers, 1986). */
async function commonLines(
	call: Call,
	a: readonly string[],
	b: readonly string[],
): Promise<[number, number][]> {
	const [n, m] = [a.length, b.length];
	/** How far each diagonal from -edits to edits got, by the number of edits. */
	const trace: Int32Array[] = [];
	const reached = (edits: number, k: number) =>
		edits < 0 ? 0 : Math.abs(k) > edits ? -1 : trace[edits][(k + edits) >> 1];
	const comesDown = (edits: number, k: number) =>
		k === -edits || (k !== edits && reached(edits - 1, k - 1) < reached(edits - 1, k + 1));
	search: for (let edits = 0; edits <= n + m; edits++) {
		const row = new Int32Array(edits + 1);
		call.process.allocate(row.byteLength);
		trace.push(row);
		let looked = edits;
		for (let k = -edits; k <= edits; k += 2) {
			let x =
				edits === 0 ? 0 : comesDown(edits, k) ? reached(edits - 1, k + 1) : reached(edits - 1, k - 1) + 1;
			for (; x < n && x - k < m && a[x] === b[x - k]; x++) looked++;
			row[(k + edits) >> 1] = x;
			if (x >= n && x - k >= m) break search;
		}
		const wait = call.process.step(1 + Math.floor(looked / linesPerStep));
		if (wait) await wait;
	}
	const matches: [number, number][] = [];
	let [x, y] = [n, m];
	for (let edits = trace.length - 1; edits >= 0; edits--) {
		const down = edits > 0 && comesDown(edits, x - y);
		const before = x - y + (down ? 1 : -1);
		const from = edits === 0 ? 0 : down ? reached(edits - 1, before) : reached(edits - 1, before) + 1;
		while (x > from) matches.push([--x, --y]);
		if (edits === 0) break;
		if (down) y--;
		else x--;
	}
	return matches.reverse();
}

const missingNewline = '\\ No newline at end of file\n';

function range(from: number, to: number): string {
	return to - from <= 1 ? String(to - from === 0 ? from : from + 1) : `${from + 1},${to}`;
}

async function printNormal(call: Call, changes: readonly Change[], a: Side, b: Side): Promise<void> {
	for (const { from, to } of changes) {
		const letter = from[0] === from[1] ? 'a' : to[0] === to[1] ? 'd' : 'c';
		await call.print(`${range(...from)}${letter}${range(...to)}\n`);
		for (let i = from[0]; i < from[1]; i++) await call.print(`< ${a.line(i)}`);
		if (letter === 'c') await call.print('---\n');
		for (let i = to[0]; i < to[1]; i++) await call.print(`> ${b.line(i)}`);
	}
}

async function printUnified(
	call: Call,
	changes: readonly Change[],
	a: Side,
	b: Side,
	context: number,
): Promise<void> {
	await call.print(`--- ${a.label}\n+++ ${b.label}\n`);
	const hunks: Change[][] = [];
	for (const change of changes) {
		const last = hunks.at(-1)?.at(-1);
		if (last && change.from[0] - last.from[1] <= 2 * context) hunks.at(-1)?.push(change);
		else hunks.push([change]);
	}
	for (const hunk of hunks) {
		const first = hunk[0];
		const last = hunk[hunk.length - 1];
		const startA = Math.max(0, first.from[0] - context);
		const startB = Math.max(0, first.to[0] - context);
		const endA = Math.min(a.lines.length, last.from[1] + context);
		const endB = Math.min(b.lines.length, last.to[1] + context);
		const span = (from: number, to: number) =>
			to - from === 1 ? String(from + 1) : `${to === from ? from : from + 1},${to - from}`;
		await call.print(`@@ -${span(startA, endA)} +${span(startB, endB)} @@\n`);
		let at = startA;
		for (const { from, to } of hunk) {
			for (; at < from[0]; at++) await call.print(` ${a.line(at)}`);
			for (; at < from[1]; at++) await call.print(`-${a.line(at)}`);
			for (let i = to[0]; i < to[1]; i++) await call.print(`+${b.line(i)}`);
		}
		for (; at < endA; at++) await call.print(` ${a.line(at)}`);
	}
}

class Side {
	readonly lines: string[];
	readonly label: string;
	readonly ended: boolean;

	constructor(text: string, label: string) {
		this.ended = text === '' || text.endsWith('\n');
		this.lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
		this.label = label;
	}

	line(index: number): string {
		const last = index === this.lines.length - 1 && !this.ended;
		return `${this.lines[index]}\n${last ? missingNewline : ''}`;
	}
}

async function compareFiles(
	call: Call,
	options: Options,
	first: string,
	second: string,
	titled: boolean,
): Promise<number> {
	const { files } = call.process;
	const [dataA, dataB] = [await call.readAll(first), await call.readAll(second)];
	const [textA, textB] = [decode(dataA), decode(dataB)];
	if (textA === textB) {
		if (options.has('s')) await call.print(`Files ${first} and ${second} are identical\n`);
		return 0;
	}
	if (options.has('q')) {
		await call.print(`Files ${first} and ${second} differ\n`);
		return 1;
	}
	if (textA.includes('\0') || textB.includes('\0')) {
		await call.print(`Binary files ${first} and ${second} differ\n`);
		return 1;
	}
	const label = (path: string) =>
		`${path}\t${strftime('%Y-%m-%d %H:%M:%S.%N +0000', path === '-' ? call.process.clock.now() : files.status(path).modifiedAt)}`;
	const labels = options.values('label');
	const a = new Side(textA, labels[0] ?? (call.busybox ? first : label(first)));
	const b = new Side(textB, labels[1] ?? (call.busybox ? second : label(second)));
	const keyOf = (side: Side) =>
		side.lines.map((line, i) => {
			let key = line;
			if (options.has('w')) key = key.replace(/\s+/g, '');
			else if (options.has('b')) key = key.replace(/\s+$/, '').replace(/\s+/g, ' ');
			if (options.has('i')) key = key.toLowerCase();
			return i === side.lines.length - 1 && !side.ended ? `${key}\0` : key;
		});
	const changes = await changesBetween(call, keyOf(a), keyOf(b));
	if (changes.length === 0) return 0;
	if (titled)
		await call.print(`diff ${call.args.filter((arg) => arg.startsWith('-')).join(' ')} ${first} ${second}\n`);
	const unified = call.busybox || options.has('u', 'U');
	if (unified) await printUnified(call, changes, a, b, Number(options.value('U') ?? 3));
	else await printNormal(call, changes, a, b);
	return 1;
}

async function compare(
	call: Call,
	options: Options,
	first: string,
	second: string,
	titled: boolean,
): Promise<number> {
	const { files } = call.process;
	const isDirectory = (path: string) => path !== '-' && files.status(path).kind === 'directory';
	const [folderA, folderB] = [isDirectory(first), isDirectory(second)];
	if (!folderA && !folderB) return compareFiles(call, options, first, second, titled);
	if (folderA !== folderB)
		return folderA
			? compare(call, options, join(first, lastPart(second)), second, titled)
			: compare(call, options, first, join(second, lastPart(first)), titled);
	const names = [...new Set([...files.list(first), ...files.list(second)])].sort();
	let code = 0;
	for (const name of names) {
		const [a, b] = [join(first, name), join(second, name)];
		if (!files.exists(a) || !files.exists(b)) {
			await call.print(`Only in ${files.exists(a) ? first : second}: ${name}\n`);
			code = 1;
		} else if (isDirectory(a) && isDirectory(b) && !options.has('r'))
			await call.print(`Common subdirectories: ${a} and ${b}\n`);
		else code = Math.max(code, await compare(call, options, a, b, true));
	}
	return code;
}

export const diff: Tool = {
	name: 'diff',
	usage: '[-abBdiNqrTstw] [-L LABEL] [-S FILE] [-U LINES] FILE1 FILE2',
	async run(call) {
		const options = call.options(
			{
				short: 'abBdiNqrstTuU:wL:',
				long: {
					brief: 'q',
					'report-identical-files': 's',
					unified: 'u',
					'unified=': 'U',
					recursive: 'r',
					'ignore-case': 'i',
					'ignore-all-space': 'w',
					'ignore-space-change': 'b',
					'new-file': 'N',
					'label=': 'label',
					'color=?': 'color',
				},
			},
			2,
		);
		const [first, second] = options.operands;
		if (second === undefined)
			throw call.usageFailure(
				first === undefined ? 'missing operand' : `missing operand after '${first}'`,
				2,
			);
		try {
			return await compare(call, options, first, second, false);
		} catch (error) {
			if (!(error instanceof SystemError) || error.code === 'EPIPE') throw error;
			const missing = [first, second].filter((path) => path !== '-' && !call.process.files.exists(path));
			for (const path of missing.length > 0 ? missing : [first])
				await call.complain(
					call.busybox ? `can't stat '${path}': ${error.message}` : `${path}: ${error.message}`,
				);
			return 2;
		}
	},
};

export const cmp: Tool = {
	name: 'cmp',
	usage: '[-ls] FILE1 [FILE2]',
	async run(call) {
		const options = call.options({ short: 'ls', long: { silent: 's', quiet: 's', verbose: 'l' } }, 2);
		const [first, second = '-'] = options.operands;
		if (first === undefined) throw call.usageFailure('missing operand', 2);
		const read = async (path: string) => {
			try {
				return await call.readAll(path);
			} catch (error) {
				return call.fail(
					call.busybox
						? `can't open '${path}': ${(error as Error).message}`
						: `${path}: ${(error as Error).message}`,
					2,
				);
			}
		};
		const [a, b] = [await read(first), await read(second)];
		let line = 1;
		for (let i = 0; i < Math.min(a.length, b.length); i++) {
			if (a[i] !== b[i]) {
				if (!options.has('s'))
					await call.print(
						call.busybox
							? `${first} ${second} differ: char ${i + 1}, line ${line}\n`
							: `${first} ${second} differ: byte ${i + 1}, line ${line}\n`,
					);
				return 1;
			}
			if (a[i] === 10) line++;
		}
		if (a.length === b.length) return 0;
		if (!options.has('s')) {
			const shorter = a.length < b.length ? first : second;
			await call.complain(
				call.busybox
					? `EOF on ${shorter}`
					: `EOF on ${shorter} after byte ${Math.min(a.length, b.length)}, ${a[Math.min(a.length, b.length) - 1] === 10 || b[Math.min(a.length, b.length) - 1] === 10 ? `line ${line - 1}` : `in line ${line}`}`,
			);
		}
		return 1;
	},
};
