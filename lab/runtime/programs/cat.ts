// cat and tee.
import { cannotOpen, type Tool } from './tool.ts';

/** `^X` and `M-x` notation of control characters and bytes above 127 (cat -v). */
function visible(text: string): string {
	let shown = '';
	for (const byte of new TextEncoder().encode(text)) {
		const low = byte & 0x7f;
		if (byte >= 0x80) shown += 'M-';
		if (byte === 9 || byte === 10) shown += String.fromCharCode(byte);
		else if (low < 32) shown += `^${String.fromCharCode(low + 64)}`;
		else shown += low === 127 ? '^?' : String.fromCharCode(low);
	}
	return shown;
}

export const cat: Tool = {
	name: 'cat',
	usage: '[-nbvteA] [FILE]...',
	async run(call) {
		const options = call.options({
			short: 'AbeEnstTuv',
			long: {
				'show-all': 'A',
				'number-nonblank': 'b',
				'show-ends': 'E',
				number: 'n',
				'squeeze-blank': 's',
				'show-tabs': 'T',
				'show-nonprinting': 'v',
			},
		});
		const ends = options.has('A', 'e', 'E');
		const tabs = options.has('A', 't', 'T');
		const hidden = options.has('A', 'e', 't', 'v');
		const numbered = options.has('n', 'b');
		const plain = !ends && !tabs && !hidden && !numbered && !options.has('s');
		let number = 0;
		let blanks = 0;
		return call.eachFile(options.operands, cannotOpen(call), async (path) => {
			if (plain) {
				for await (const data of call.open(path)) await call.print(data);
				return;
			}
			for await (const { text, ended } of call.lines(path)) {
				blanks = text === '' ? blanks + 1 : 0;
				if (options.has('s') && blanks > 1) continue;
				let shown = hidden ? visible(text) : text;
				if (tabs) shown = shown.replaceAll('\t', '^I');
				const label =
					numbered && !(options.has('b') && text === '') ? `${String(++number).padStart(6)}\t` : '';
				await call.print(`${label}${shown}${ended ? `${ends ? '$' : ''}\n` : ''}`);
			}
		});
	},
};

export const tee: Tool = {
	name: 'tee',
	usage: '[-ai] [FILE]...',
	async run(call) {
		const options = call.options({ short: 'ai', long: { append: 'a', 'ignore-interrupts': 'i' } });
		let code = 0;
		if (options.has('i')) call.process.onSignal('INT', 'ignore');
		const files = [];
		for (const path of options.operands) {
			try {
				files.push(call.process.open(path, options.has('a') ? 'a' : 'w'));
			} catch (error) {
				await call.complain(`${path}: ${(error as Error).message}`);
				code = 1;
			}
		}
		for await (const data of call.open('-')) {
			await call.print(data);
			await call.flush();
			for (const file of files) await file.write(data, call.process);
		}
		for (const file of files) file.release();
		return code;
	},
};

const newline = 10;

/** tac: lines in reverse. */
export const tac: Tool = {
	name: 'tac',
	usage: '[FILE]...',
	async run(call) {
		const { operands } = call.options({});
		return call.eachFile(operands, cannotOpen(call), async (path) => {
			const data = await call.readAll(path);
			for (let end = data.length; end > 0; ) {
				const start = end < 2 ? 0 : data.lastIndexOf(newline, end - 2) + 1;
				const wait = call.process.step();
				if (wait) await wait;
				await call.print(data.subarray(start, end));
				end = start;
			}
		});
	},
};
