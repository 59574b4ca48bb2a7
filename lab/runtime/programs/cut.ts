// cut, tr, rev, paste, fold, nl and expand's like: lines taken apart by columns and characters.
import { byteText, decode, encode } from '../byte-text.ts';
import { type Call, cannotOpen, type Tool } from './tool.ts';

interface Range {
	from: number;
	to: number;
}

/** `1,3-5,7-` as ranges; undefined for a wrong list. */
function parseRanges(text: string): Range[] | undefined {
	const ranges: Range[] = [];
	for (const part of text.split(',')) {
		const [, from, dash, to] = /^(\d*)(-?)(\d*)$/.exec(part) ?? [];
		if (from === undefined || (from === '' && to === '')) return undefined;
		const start = from === '' ? 1 : Number(from);
		const end = dash === '' ? start : to === '' ? Number.POSITIVE_INFINITY : Number(to);
		if (start < 1 || end < start) return undefined;
		ranges.push({ from: start, to: end });
	}
	return ranges;
}

export const cut: Tool = {
	name: 'cut',
	usage: '{-b|c LIST | -f LIST [-d SEP] [-s]} [-D] [-O SEP] [FILE]...',
	async run(call) {
		const options = call.options({
			short: 'b:c:f:d:sn',
			long: {
				'bytes=': 'b',
				'characters=': 'c',
				'fields=': 'f',
				'delimiter=': 'd',
				'only-delimited': 's',
				'output-delimiter=': 'output',
				complement: 'complement',
			},
		});
		const kind = options.last('b', 'c', 'f');
		if (!kind && call.busybox) return call.fail('expected a list of bytes, characters, or fields');
		if (!kind) throw call.usageFailure('you must specify a list of bytes, characters, or fields');
		const list = options.value(kind) ?? '';
		const ranges = parseRanges(list);
		if (!ranges) {
			if (/(^|,)0+(-|,|$)/.test(list))
				throw call.usageFailure(
					kind === 'f' ? 'fields are numbered from 1' : 'byte/character positions are numbered from 1',
				);
			throw call.usageFailure(
				kind === 'f' ? `invalid field value ‘${list}’` : `invalid byte/character position ‘${list}’`,
			);
		}
		const delimiter = options.value('d') ?? '\t';
		if ([...delimiter].length !== 1) throw call.usageFailure('the delimiter must be a single character');
		if (options.has('d') && kind !== 'f')
			throw call.usageFailure('an input delimiter may be specified only when operating on fields');
		const output = options.value('output') ?? (kind === 'f' ? delimiter : '');
		const chosen = (position: number) =>
			ranges.some(({ from, to }) => position >= from && position <= to) !== options.has('complement');
		return call.eachFile(options.operands, cannotOpen(call), async (path) => {
			for await (const { text } of call.lines(path)) {
				if (kind === 'f' && !text.includes(delimiter)) {
					if (!options.has('s')) await call.print(`${text}\n`);
					continue;
				}
				const parts = kind === 'f' ? text.split(delimiter) : [...text];
				await call.print(`${parts.filter((_, i) => chosen(i + 1)).join(output)}\n`);
			}
		});
	},
};

const classes: Record<string, (code: number) => boolean> = {
	alnum: (c) => /[0-9A-Za-z]/.test(String.fromCharCode(c)),
	alpha: (c) => /[A-Za-z]/.test(String.fromCharCode(c)),
	blank: (c) => c === 32 || c === 9,
	cntrl: (c) => c < 32 || c === 127,
	digit: (c) => c >= 48 && c <= 57,
	graph: (c) => c > 32 && c < 127,
	lower: (c) => c >= 97 && c <= 122,
	print: (c) => c >= 32 && c < 127,
	punct: (c) => /[!-/:-@[-`{-~]/.test(String.fromCharCode(c)),
	space: (c) => c === 32 || (c >= 9 && c <= 13),
	upper: (c) => c >= 65 && c <= 90,
	xdigit: (c) => /[0-9A-Fa-f]/.test(String.fromCharCode(c)),
};

/** The characters of a set as tr takes it: ranges, classes, escapes, `[x*n]`. */
function setOf(call: Call, text: string, size?: number): string[] {
	const characters: string[] = [];
	const tokens = [...text.matchAll(/\[:(\w+):\]|\[=(.)=\]|\[(.)\*(\d*)\]|\\([0-7]{1,3}|[\s\S])|([\s\S])/gu)];
	const plain = (match: RegExpExecArray): string => {
		if (match[5] === undefined) return match[6] ?? '';
		if (/^[0-7]/.test(match[5])) return byteText(Number.parseInt(match[5], 8) & 0xff);
		return { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }[match[5]] ?? match[5];
	};
	for (let i = 0; i < tokens.length; i++) {
		const match = tokens[i];
		if (match[1]) {
			const isMember = Object.hasOwn(classes, match[1])
				? classes[match[1]]
				: call.fail(`invalid character class ‘${match[1]}’`);
			for (let code = 0; code < 128; code++) if (isMember(code)) characters.push(String.fromCharCode(code));
		} else if (match[2]) characters.push(match[2]);
		else if (match[3]) {
			const count = match[4] ? Number(match[4]) : Math.max(0, (size ?? 0) - characters.length);
			characters.push(...Array.from({ length: Math.min(count, 65536) }, () => match[3]));
		} else if (
			tokens[i + 1]?.[6] === '-' &&
			tokens[i + 2] &&
			(tokens[i + 2][5] ?? tokens[i + 2][6]) !== undefined
		) {
			const from = plain(match).codePointAt(0) ?? 0;
			const to = plain(tokens[i + 2]).codePointAt(0) ?? 0;
			if (to < from)
				return call.fail(
					`range-endpoints of '${plain(match)}-${plain(tokens[i + 2])}' are in reverse collating sequence order`,
				);
			for (let code = from; code <= to; code++) characters.push(String.fromCodePoint(code));
			i += 2;
		} else characters.push(plain(match));
	}
	return characters;
}

export const tr: Tool = {
	name: 'tr',
	usage: '[-cds] STRING1 [STRING2]',
	async run(call) {
		const options = call.options({
			short: 'cCdst',
			long: { complement: 'c', delete: 'd', 'squeeze-repeats': 's', 'truncate-set1': 't' },
			ordered: true,
		});
		const [first, second, extra] = options.operands;
		const deletes = options.has('d');
		const squeezes = options.has('s');
		if (first === undefined) throw call.usageFailure('missing operand');
		if (second === undefined && !deletes && !squeezes)
			throw call.usageFailure(
				`missing operand after ‘${first}’\nTwo strings must be given when translating.`,
			);
		if (extra !== undefined || (deletes && !squeezes && second !== undefined))
			throw call.usageFailure(
				`extra operand ‘${extra ?? second}’${deletes ? '\nOnly one string may be given when deleting without squeezing repeats.' : ''}`,
			);
		// Bytes, as GNU's and busybox' tr have it: a character of several bytes is several.
		const bytesOf = (characters: readonly string[]) => characters.flatMap((text) => [...encode(text)]);
		const from = bytesOf(setOf(call, first));
		const to = second === undefined ? [] : bytesOf(setOf(call, second, from.length));
		const complement = options.has('c', 'C');
		const isFirst = new Uint8Array(256).fill(complement ? 1 : 0);
		for (const byte of from) isFirst[byte] = complement ? 0 : 1;
		const translated = Uint8Array.from({ length: 256 }, (_, byte) => byte);
		if (!deletes && second !== undefined) {
			if (to.length === 0) return call.fail('when not truncating set1, string2 must be non-empty');
			const last = to[to.length - 1];
			if (complement) for (let byte = 0; byte < 256; byte++) translated[byte] = isFirst[byte] ? last : byte;
			else for (const [index, byte] of from.entries()) translated[byte] = to[index] ?? last;
		}
		const isSqueezed = new Uint8Array(256);
		if (squeezes && second === undefined) isSqueezed.set(isFirst);
		else if (squeezes) for (const byte of to) isSqueezed[byte] = 1;
		let before = -1;
		for await (const chunk of call.open('-')) {
			const result = new Uint8Array(chunk.length);
			let size = 0;
			for (const byte of chunk) {
				if (deletes && isFirst[byte]) continue;
				const shown = translated[byte];
				if (shown === before && isSqueezed[shown]) continue;
				before = shown;
				result[size++] = shown;
			}
			const wait = call.process.step(1 + Math.floor(chunk.length / 1024));
			if (wait) await wait;
			await call.print(result.subarray(0, size));
		}
		return 0;
	},
};

export const rev: Tool = {
	name: 'rev',
	usage: '[FILE]...',
	async run(call) {
		const { operands } = call.options({});
		return call.eachFile(operands, cannotOpen(call), async (path) => {
			for await (const { text, ended } of call.lines(path))
				await call.print([...text].reverse().join('') + (ended ? '\n' : ''));
		});
	},
};

export const paste: Tool = {
	name: 'paste',
	usage: '[-d LIST] [-s] [FILE]...',
	async run(call) {
		const options = call.options({ short: 'd:s', long: { 'delimiters=': 'd', serial: 's' } });
		const delimiters = [
			...(options.value('d') ?? '\t').replace(
				/\\([nt\\0])/g,
				(_, c: string) => ({ n: '\n', t: '\t', '\\': '\\', '0': '' })[c] ?? c,
			),
		];
		const paths = options.operands.length > 0 ? options.operands : ['-'];
		const columns: string[][] = [];
		const code = await call.eachFile(paths, cannotOpen(call), async (path) => {
			columns.push(
				decode(await call.readAll(path))
					.replace(/\n$/, '')
					.split('\n'),
			);
		});
		const joined = (cells: readonly string[]) =>
			cells
				.map((cell, i) => cell + (i < cells.length - 1 ? (delimiters[i % delimiters.length] ?? '') : ''))
				.join('');
		if (options.has('s')) for (const column of columns) await call.print(`${joined(column)}\n`);
		else {
			const rows = Math.max(0, ...columns.map((column) => column.length));
			for (let row = 0; row < rows; row++)
				await call.print(`${joined(columns.map((column) => column[row] ?? ''))}\n`);
		}
		return code;
	},
};

export const fold: Tool = {
	name: 'fold',
	usage: '[-bs] [-w WIDTH] [FILE]...',
	async run(call) {
		const options = call.options({ short: 'bsw:', long: { 'width=': 'w', spaces: 's', bytes: 'b' } });
		const width = Number(options.value('w') ?? 80);
		if (!(width > 0)) return call.fail(`invalid number of columns: ‘${options.value('w')}’`);
		return call.eachFile(options.operands, cannotOpen(call), async (path) => {
			for await (const { text, ended } of call.lines(path)) {
				let rest = text;
				while (rest.length > width) {
					const blank = options.has('s') ? rest.lastIndexOf(' ', width - 1) + 1 : 0;
					const end = blank || width;
					await call.print(`${rest.slice(0, end)}\n`);
					rest = rest.slice(end);
				}
				await call.print(rest + (ended ? '\n' : ''));
			}
		});
	},
};

export const nl: Tool = {
	name: 'nl',
	usage: '[-b STYLE] [FILE]...',
	async run(call) {
		const options = call.options({
			short: 'b:w:s:n:v:',
			long: { 'body-numbering=': 'b', 'number-width=': 'w', 'number-separator=': 's' },
		});
		const all = options.value('b') === 'a';
		const width = Number(options.value('w') ?? 6);
		let number = Number(options.value('v') ?? 1);
		return call.eachFile(options.operands, cannotOpen(call), async (path) => {
			for await (const { text } of call.lines(path)) {
				if (text === '' && !all) await call.print(`${' '.repeat(width + 1)}\n`);
				else await call.print(`${String(number++).padStart(width)}${options.value('s') ?? '\t'}${text}\n`);
			}
		});
	},
};
