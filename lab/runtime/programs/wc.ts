// wc: counts of lines, words, characters and bytes.
import { decode } from '../byte-text.ts';
import type { Call, Tool } from './tool.ts';

interface Counts {
	lines: number;
	words: number;
	characters: number;
	bytes: number;
	longest: number;
}

async function count(call: Call, path: string, wide: boolean): Promise<Counts> {
	const counts: Counts = { lines: 0, words: 0, characters: 0, bytes: 0, longest: 0 };
	if (!wide) {
		let inWord = false;
		for await (const data of call.open(path)) {
			counts.bytes += data.length;
			for (const byte of data) {
				const space = byte === 32 || (byte >= 9 && byte <= 13);
				if (byte === 10) counts.lines++;
				if (!space && !inWord) counts.words++;
				inWord = !space;
			}
			const wait = call.process.step();
			if (wait) await wait;
		}
		return counts;
	}
	const data = await call.readAll(path);
	const text = decode(data);
	const lines = text.split('\n');
	return {
		lines: lines.length - 1,
		words: text.split(/[ \t\n\v\f\r]+/).filter(Boolean).length,
		characters: [...text].length,
		bytes: data.length,
		longest: lines.reduce((most, line) => Math.max(most, [...line].length), 0),
	};
}

export const wc: Tool = {
	name: 'wc',
	usage: '[-cmlwL] [FILE]...',
	async run(call) {
		const options = call.options({
			short: 'clmwL',
			long: { bytes: 'c', chars: 'm', lines: 'l', words: 'w', 'max-line-length': 'L' },
		});
		const chosen = options.has('c', 'l', 'm', 'w', 'L');
		const shown = (['lines', 'words', 'characters', 'bytes', 'longest'] as const).filter((_, i) =>
			chosen ? options.has('lwmcL'[i]) : i !== 2 && i !== 4,
		);
		const rows: { counts: Counts; name: string }[] = [];
		const operands = options.operands;
		const code = await call.eachFile(
			operands,
			(path, error) => `${path}: ${error.message}`,
			async (path) => {
				const counts = await count(call, path, options.has('m', 'L'));
				rows.push({ counts, name: operands.length === 0 ? '' : path });
			},
		);
		if (operands.length > 1) {
			const total: Counts = { lines: 0, words: 0, characters: 0, bytes: 0, longest: 0 };
			for (const { counts } of rows) {
				for (const key of ['lines', 'words', 'characters', 'bytes'] as const) total[key] += counts[key];
				total.longest = Math.max(total.longest, counts.longest);
			}
			rows.push({ counts: total, name: 'total' });
		}
		const fromPipe = operands.length === 0 || operands.includes('-');
		const largest = rows.reduce((most, { counts }) => Math.max(most, counts.bytes), 0);
		const single = shown.length === 1 && rows.length === 1;
		const width = single ? 1 : call.busybox ? 9 : Math.max(fromPipe ? 7 : 1, String(largest).length);
		for (const { counts, name } of rows) {
			const cells = shown.map((key) => String(counts[key]).padStart(width));
			await call.print(`${cells.join(call.busybox && !single ? ' ' : ' ')}${name ? ` ${name}` : ''}\n`);
		}
		return code;
	},
};
