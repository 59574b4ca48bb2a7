// shuf: lines in any order.
import { cannotOpen, type Tool } from './tool.ts';

/** What a line takes beside its text. */
const lineBytes = 32;

export const shuf: Tool = {
	name: 'shuf',
	usage: '[-n NUM] [-o FILE] [-z] [FILE | -e [ARG...] | -i L-H]',
	async run(call) {
		const options = call.options({
			short: 'ei:n:o:rz',
			long: {
				echo: 'e',
				'input-range=': 'i',
				'head-count=': 'n',
				'output=': 'o',
				repeat: 'r',
				'zero-terminated': 'z',
			},
		});
		const { process } = call;
		const end = options.has('z') ? '\0' : '\n';
		const count = options.value('n');
		if (count !== undefined && !/^\d+$/.test(count)) return call.fail(`invalid line count: ‘${count}’`);
		const lines: string[] = [];
		const keep = (line: string) => {
			lines.push(line);
			process.allocate(line.length + lineBytes);
			return process.step();
		};
		const range = options.value('i');
		let code = 0;
		if (range !== undefined) {
			const [, low, high] = /^(\d+)-(\d+)$/.exec(range) ?? [];
			if (low === undefined || Number(high) < Number(low))
				return call.fail(`invalid input range: ‘${range}’`);
			for (let number = Number(low); number <= Number(high); number++) {
				const wait = keep(String(number));
				if (wait) await wait;
			}
		} else if (options.has('e')) lines.push(...options.operands);
		else
			code = await call.eachFile(options.operands.slice(0, 1), cannotOpen(call), async (path) => {
				for await (const { text } of call.lines(path, end.charCodeAt(0))) {
					const wait = keep(text);
					if (wait) await wait;
				}
			});
		const repeats = options.has('r') && !call.busybox && lines.length > 0;
		const wanted = Number(count ?? Number.POSITIVE_INFINITY);
		const most = repeats ? wanted : Math.min(wanted, lines.length);
		const output: string[] = [];
		for (let at = 0; at < most; at++) {
			const wait = process.step();
			if (wait) await wait;
			// What is chosen changes places with the first that is left (Fisher and Yates).
			const from = repeats ? 0 : at;
			const chosen = from + Math.floor(process.random() * (lines.length - from));
			const line = lines[chosen];
			if (!repeats) [lines[at], lines[chosen]] = [line, lines[at]];
			if (options.has('o')) output.push(line + end);
			else await call.print(line + end);
		}
		const path = options.value('o');
		if (path !== undefined) process.files.writeFile(path, output.join(''));
		return code;
	},
};
