// true, false, yes and seq: programs that say the same again, or count.

import { parseDuration } from './durations.ts';
import { conversionPattern, convert } from './printf-conversion.ts';
import type { Tool } from './tool.ts';

export const yes: Tool = {
	name: 'yes',
	usage: '[STRING]',
	async run(call) {
		const line = `${call.args.length > 0 ? call.args.join(' ') : 'y'}\n`;
		const block = line.repeat(Math.max(1, Math.floor(4096 / line.length)));
		for (;;) {
			const wait = call.process.step();
			if (wait) await wait;
			await call.process.write(1, block);
		}
	},
};

const succeed: Tool = { name: 'true', run: () => 0 };
const fail: Tool = { name: 'false', run: () => 1 };

export { fail as falseTool, succeed as trueTool };

export const seq: Tool = {
	name: 'seq',
	usage: '[-w] [-s SEP] [FIRST [INC]] LAST',
	async run(call) {
		// A negative number is no option.
		const at = call.args.findIndex((arg) => /^-\.?\d/.test(arg));
		const args =
			at < 0 || call.args.includes('--')
				? call.args
				: [...call.args.slice(0, at), '--', ...call.args.slice(at)];
		const options = call.withArguments(args).options({
			short: 'ws:f:',
			long: { 'equal-width': 'w', 'separator=': 's', 'format=': 'f' },
		});
		const { operands } = options;
		if (operands.length === 0) throw call.usageFailure('missing operand');
		if (operands.length > 3) throw call.usageFailure(`extra operand ‘${operands[3]}’`);
		for (const text of operands)
			if (!/^[-+]?(\d+\.?\d*|\.\d+)$/.test(text))
				throw call.usageFailure(`invalid floating point argument: ‘${text}’`);
		const numbers = operands.map(Number);
		const last = numbers.at(-1) ?? 0;
		const first = numbers.length > 1 ? numbers[0] : 1;
		const step = numbers.length > 2 ? numbers[1] : 1;
		if (step === 0) throw call.usageFailure(`invalid Zero increment value: ‘${operands[1]}’`);
		const decimals = Math.max(...operands.slice(0, -1).map((text) => (text.split('.')[1] ?? '').length), 0);
		const digits = numbers.length > 1 ? decimals : 0;
		const width = options.has('w') ? Math.max(first.toFixed(digits).length, last.toFixed(digits).length) : 0;
		const separator = options.value('s') ?? '\n';
		const template = options.value('f');
		conversionPattern.lastIndex = Math.max(0, template?.indexOf('%') ?? 0);
		const conversion = template ? conversionPattern.exec(template) : undefined;
		let any = false;
		for (let i = 0; ; i++) {
			const value = first + i * step;
			if (step > 0 ? value > last + 1e-12 : value < last - 1e-12) break;
			const plain = value.toFixed(digits);
			const padded = plain.startsWith('-')
				? `-${plain.slice(1).padStart(width - 1, '0')}`
				: plain.padStart(width, '0');
			const text = conversion
				? (template ?? '').replace(conversion[0], () =>
						convert(
							{
								flags: conversion[1],
								width: conversion[2] ? Number(conversion[2]) : undefined,
								precision: conversion[3] === undefined ? undefined : Number(conversion[3] || 0),
								letter: conversion[4],
							},
							value,
						),
					)
				: padded;
			await call.print((any ? separator : '') + text);
			any = true;
			const wait = call.process.step();
			if (wait) await wait;
		}
		if (any) await call.print('\n');
		return 0;
	},
};

/** Runs a command again and again, as procps' watch; without a terminal's redrawing where there is none. */
export const watch: Tool = {
	name: 'watch',
	usage: '[-n SEC] [-t] PROG ARGS',
	async run(call) {
		const options = call.options({
			short: 'n:tdegx',
			long: { 'interval=': 'n', 'no-title': 't', differences: 'd' },
		});
		if (options.operands.length === 0) throw call.usageFailure('no command given');
		const interval = parseDuration(options.value('n') ?? '2') ?? 2000;
		const { process } = call;
		for (;;) {
			const title = `Every ${(interval / 1000).toFixed(1)}s: ${options.operands.join(' ')}`;
			await call.print(`\x1b[H\x1b[2J${options.has('t') ? '' : `${title}\n\n`}`);
			await call.flush();
			const { pid } = process.spawn({ argv: ['/bin/sh', '-c', options.operands.join(' ')] });
			await process.wait(pid);
			await process.sleep(interval);
		}
	},
};

export const clear: Tool = {
	name: 'clear',
	async run(call) {
		await call.print('\x1b[H\x1b[2J\x1b[3J');
		return 0;
	},
};
