// od and hexdump: bytes as numbers. The formats that people use: od -c, -x, -b, -A, -t x1 and so on; hexdump -C.

import { concat } from '../../bytes.ts';
import { decode } from '../byte-text.ts';
import type { SystemError } from '../process.ts';
import type { Call, Tool } from './tool.ts';

const named: Record<number, string> = {
	0: '\\0',
	7: '\\a',
	8: '\\b',
	9: '\\t',
	10: '\\n',
	11: '\\v',
	12: '\\f',
	13: '\\r',
};

interface Format {
	size: number;
	width: number;
	show(value: number): string;
}

function formatOf(call: Call, text: string): Format {
	const [, letter, digits = letter === 'c' || letter === 'a' ? '1' : '4'] =
		/^([acdoux])(\d*)z?$/.exec(text.replace(/^([acdoux])$/, '$1')) ?? [];
	if (!letter) return call.fail(`invalid type string ‘${text}’`);
	const size = Number(digits || (letter === 'c' || letter === 'a' ? 1 : 4));
	if (![1, 2, 4].includes(size))
		return call.fail(
			`invalid type string ‘${text}’; this system doesn't provide a ${size}-byte integral type`,
		);
	if (letter === 'c')
		return {
			size: 1,
			width: 4,
			show: (value) =>
				named[value] ??
				(value >= 32 && value < 127 ? String.fromCharCode(value) : value.toString(8).padStart(3, '0')),
		};
	const width =
		{
			x: size * 2,
			o: Math.ceil((size * 8) / 3),
			d: { 1: 4, 2: 6, 4: 11 }[size] ?? 4,
			u: { 1: 3, 2: 5, 4: 10 }[size] ?? 3,
		}[letter as 'x'] ?? 4;
	const signed = (value: number) => (value >= 2 ** (size * 8 - 1) ? value - 2 ** (size * 8) : value);
	const show = (value: number) =>
		letter === 'x'
			? value.toString(16).padStart(width, '0')
			: letter === 'o'
				? value.toString(8).padStart(width, '0')
				: String(letter === 'd' ? signed(value) : value);
	return { size, width: width + 1, show };
}

async function input(
	call: Call,
	operands: readonly string[],
	skip: number,
	limit: number,
): Promise<Uint8Array> {
	const parts: Uint8Array[] = [];
	for (const path of operands.length > 0 ? operands : ['-']) {
		try {
			parts.push(await call.readAll(path));
		} catch (error) {
			call.fail(`${path}: ${(error as SystemError).message}`);
		}
	}
	return concat(parts).subarray(skip, limit < 0 ? undefined : skip + limit);
}

const same = (a: Uint8Array, b: Uint8Array) => a.length === b.length && a.every((byte, i) => byte === b[i]);

export const od: Tool = {
	name: 'od',
	usage: '[-abcdfhilovxs] [-t TYPE] [-A RADIX] [-N SIZE] [-j SKIP] [FILE]...',
	async run(call) {
		const options = call.options({
			short: 'A:t:N:j:w:vbcdoxan',
			long: {
				'address-radix=': 'A',
				'format=': 't',
				'read-bytes=': 'N',
				'skip-bytes=': 'j',
				'output-duplicates': 'v',
				'width=': 'w',
			},
		});
		const short: Record<string, string> = { b: 'o1', c: 'c', d: 'u2', o: 'o2', x: 'x2', a: 'c' };
		const texts = options.given.flatMap(([name, value]) =>
			name === 't' ? (value?.match(/[acdoux]\d*z?/g) ?? []) : Object.hasOwn(short, name) ? [short[name]] : [],
		);
		const formats = (texts.length > 0 ? texts : ['o2']).map((text) => formatOf(call, text));
		const skip = Number(options.value('j') ?? 0);
		const data = await input(call, options.operands, skip, Number(options.value('N') ?? -1));
		const radix = options.value('A') ?? 'o';
		const address = (at: number) =>
			radix === 'n'
				? ''
				: radix === 'd'
					? String(at + skip).padStart(7, '0')
					: radix === 'x'
						? (at + skip).toString(16).padStart(6, '0')
						: (at + skip).toString(8).padStart(7, '0');
		const perLine = Number(options.value('w') ?? 16);
		/** Columns of several formats stand under each other. */
		const widthPerByte = Math.max(...formats.map(({ size, width }) => width / size));
		let skipped = false;
		for (let at = 0; at < data.length; at += perLine) {
			const wait = call.process.step();
			if (wait) await wait;
			const line = data.subarray(at, at + perLine);
			if (!options.has('v') && at > 0 && same(line, data.subarray(at - perLine, at))) {
				if (!skipped) await call.print('*\n');
				skipped = true;
				continue;
			}
			skipped = false;
			for (const [i, { size, show }] of formats.entries()) {
				let text = '';
				for (let byte = 0; byte < line.length; byte += size) {
					let value = 0;
					for (let k = size - 1; k >= 0; k--) value = value * 256 + (line[byte + k] ?? 0);
					text += show(value).padStart(Math.ceil(widthPerByte * size));
				}
				await call.print(`${i === 0 ? address(at) : ' '.repeat(address(at).length)}${text}\n`);
			}
		}
		if (radix !== 'n') await call.print(`${address(data.length)}\n`);
		return 0;
	},
};

export const hexdump: Tool = {
	name: 'hexdump',
	usage: '[-bcCdxv] [-n LEN] [-s OFS] [FILE]...',
	async run(call) {
		const options = call.options({
			short: 'Cxvn:s:',
			long: { canonical: 'C', 'length=': 'n', 'skip=': 's' },
		});
		const skip = Number(options.value('s') ?? 0);
		const data = await input(call, options.operands, skip, Number(options.value('n') ?? -1));
		const canonical = options.has('C');
		const address = (at: number) => (at + skip).toString(16).padStart(canonical ? 8 : 7, '0');
		let skipped = false;
		for (let at = 0; at < data.length; at += 16) {
			const wait = call.process.step();
			if (wait) await wait;
			const line = data.subarray(at, at + 16);
			if (!options.has('v') && at > 0 && same(line, data.subarray(at - 16, at))) {
				if (!skipped) await call.print('*\n');
				skipped = true;
				continue;
			}
			skipped = false;
			const hex = Array.from(line, (byte) => byte.toString(16).padStart(2, '0'));
			if (canonical) {
				const left = hex.slice(0, 8).join(' ');
				const right = hex.slice(8).join(' ');
				const text = decode(line.map((byte) => (byte >= 32 && byte < 127 ? byte : 46)));
				await call.print(`${address(at)}  ${left.padEnd(23)}  ${right.padEnd(23)}  |${text}|\n`);
			} else {
				const words = Array.from(
					{ length: Math.ceil(hex.length / 2) },
					(_, i) => `${hex[i * 2 + 1] ?? '00'}${hex[i * 2]}`,
				);
				await call.print(`${address(at)} ${words.join(' ').padEnd(39)}\n`);
			}
		}
		await call.print(data.length > 0 ? `${address(data.length)}\n` : '');
		return 0;
	},
};
