// head and tail, with tail -f on files that grow.
import { concat } from '../../bytes.ts';
import type { SystemError } from '../process.ts';
import { parseSize } from './sizes.ts';
import type { Call, Tool } from './tool.ts';

/** `-5` as `-n 5`, `+5` as `-n +5`: the old forms of both tools. */
function modernised(args: readonly string[]): string[] {
	const [first, ...rest] = args;
	if (first !== undefined && /^-\d+[kbm]?$/.test(first)) return ['-n', first.slice(1), ...rest];
	if (first !== undefined && /^-\d+f$/.test(first)) return ['-f', '-n', first.slice(1, -1), ...rest];
	return [...args];
}

interface Count {
	unit: 'lines' | 'bytes';
	/** With `+` for tail (from there on) or `-` for head (all but the last). */
	sign: string;
	number: number;
}

function countOf(call: Call, name: 'n' | 'c', text: string): Count {
	const unit = name === 'n' ? 'lines' : 'bytes';
	const sign = /^[-+]/.exec(text)?.[0] ?? '';
	const number = parseSize(text.slice(sign.length));
	if (number === undefined)
		return call.fail(call.busybox ? `invalid number '${text}'` : `invalid number of ${unit}: ‘${text}’`);
	return { unit, sign, number };
}

function readOptions(call: Call, short: string) {
	return call.withArguments(modernised(call.args)).options({
		short,
		long: {
			'lines=': 'n',
			'bytes=': 'c',
			quiet: 'q',
			silent: 'q',
			verbose: 'v',
			'follow=?': 'f',
			retry: 'retry',
			'sleep-interval=': 's',
			'pid=': 'pid',
			'zero-terminated': 'z',
		},
	});
}

function complaint(call: Call) {
	return (path: string, error: SystemError) => {
		if (call.busybox)
			return error.code === 'EISDIR'
				? `read error: ${error.message}`
				: call.name === 'head'
					? `${path}: ${error.message}`
					: `can't open '${path}': ${error.message}`;
		return error.code === 'EISDIR'
			? `error reading '${path}': ${error.message}`
			: `cannot open '${path}' for reading: ${error.message}`;
	};
}

function titleOf(path: string): string {
	return path === '-' ? 'standard input' : path;
}

async function firstPart(call: Call, path: string, { unit, sign, number }: Count): Promise<void> {
	if (sign === '-') {
		const data = await call.readAll(path);
		await call.print(
			data.subarray(0, unit === 'bytes' ? Math.max(0, data.length - number) : startOfLast(data, number)),
		);
		return;
	}
	let rest = number;
	if (rest === 0) return;
	for await (const data of call.open(path)) {
		if (unit === 'bytes') {
			await call.print(data.subarray(0, rest));
			rest -= data.length;
			if (rest <= 0) return;
			continue;
		}
		let end = 0;
		for (; rest > 0; rest--) {
			const next = data.indexOf(10, end);
			if (next < 0) break;
			end = next + 1;
		}
		await call.print(rest === 0 ? data.subarray(0, end) : data);
		if (rest === 0) return;
	}
}

/** Where the last `lines` lines begin. */
function startOfLast(data: Uint8Array, lines: number): number {
	let at = data.length;
	if (at > 0 && data[at - 1] === 10) at--;
	for (let left = lines; left > 0; left--) {
		if (at <= 0) return 0;
		at = data.lastIndexOf(10, at - 1);
		if (at < 0) return 0;
	}
	return lines === 0 ? data.length : at + 1;
}

export const head: Tool = {
	name: 'head',
	usage: '[OPTIONS] [FILE]...',
	async run(call) {
		const options = readOptions(call, 'n:c:qvz');
		const name = options.last('n', 'c') as 'n' | 'c' | undefined;
		const count = countOf(call, name ?? 'n', (name && options.value(name)) ?? '10');
		const titled = options.has('v') || (options.operands.length > 1 && !options.has('q'));
		let first = true;
		return call.eachFile(options.operands, complaint(call), async (path) => {
			const source = path === '-' ? undefined : call.process.open(path, 'r');
			source?.release();
			if (titled) await call.print(`${first ? '' : '\n'}==> ${titleOf(path)} <==\n`);
			first = false;
			await firstPart(call, path, count);
		});
	},
};

async function lastPartOf(call: Call, path: string, { unit, sign, number }: Count): Promise<number> {
	const data = await call.readAll(path);
	let from: number;
	if (sign === '+') {
		from = 0;
		if (unit === 'bytes') from = Math.max(0, number - 1);
		else
			for (let left = number - 1; left > 0 && from < data.length; left--)
				from = data.indexOf(10, from) + 1 || data.length;
	} else from = unit === 'bytes' ? Math.max(0, data.length - number) : startOfLast(data, number);
	await call.print(data.subarray(from));
	return data.length;
}

/** The last part of standard input, without keeping more of it than that. */
async function lastOfStream(call: Call, count: Count): Promise<void> {
	if (count.sign === '+') return void (await lastPartOf(call, '-', count));
	let kept: Uint8Array = new Uint8Array(0);
	for await (const data of call.open('-')) {
		kept = concat([kept, data]);
		const from =
			count.unit === 'bytes' ? Math.max(0, kept.length - count.number) : startOfLast(kept, count.number);
		if (from > 65536) kept = kept.slice(from);
	}
	await call.print(
		kept.subarray(
			count.unit === 'bytes' ? Math.max(0, kept.length - count.number) : startOfLast(kept, count.number),
		),
	);
}

/** Prints what is added to files, looking once in `seconds`; by name (-F) also what replaces them. */
async function follow(
	call: Call,
	sizes: Map<string, number>,
	byName: boolean,
	seconds: number,
	titled: boolean,
): Promise<never> {
	const { files } = call.process;
	let current = [...sizes.keys()].at(-1);
	for (;;) {
		await call.flush();
		await call.process.sleep(seconds * 1000);
		for (const [path, before] of sizes) {
			if (!files.exists(path)) {
				if (byName && before >= 0) {
					await call.complain(`'${path}' has become inaccessible: No such file or directory`);
					sizes.set(path, -1);
				}
				continue;
			}
			const { size } = files.status(path);
			if (size === before) continue;
			if (byName && before < 0) await call.complain(`'${path}' has appeared;  following new file`);
			else if (size < before) await call.complain(`${path}: file truncated`);
			const data = files.readFile(path);
			if (titled && current !== path) await call.print(`\n==> ${path} <==\n`);
			current = path;
			await call.print(data.subarray(size < before ? 0 : Math.max(0, before)));
			sizes.set(path, data.length);
		}
	}
}

export const tail: Tool = {
	name: 'tail',
	usage: '[OPTIONS] [FILE]...',
	async run(call) {
		const options = readOptions(call, 'n:c:qvfFs:z');
		const name = options.last('n', 'c') as 'n' | 'c' | undefined;
		const count = countOf(call, name ?? 'n', (name && options.value(name)) ?? '10');
		const { operands } = options;
		const readable = call.busybox
			? operands.filter((path) => path === '-' || call.process.files.exists(path))
			: operands;
		const titled = options.has('v') || (readable.length > 1 && !options.has('q'));
		const sizes = new Map<string, number>();
		let first = true;
		const code = await call.eachFile(operands, complaint(call), async (path) => {
			if (path !== '-') call.process.open(path, 'r').release();
			if (titled) await call.print(`${first ? '' : '\n'}==> ${titleOf(path)} <==\n`);
			first = false;
			if (path === '-') return lastOfStream(call, count);
			sizes.set(path, await lastPartOf(call, path, count));
		});
		const byName = options.has('F');
		if (!options.has('f', 'F')) return code;
		if (byName) for (const path of operands) if (!sizes.has(path)) sizes.set(path, -1);
		if (sizes.size === 0)
			return operands.length > 0 && !call.busybox ? call.fail('no files remaining') : code;
		return follow(call, sizes, byName, Number(options.value('s') ?? 1) || 1, titled);
	},
};
