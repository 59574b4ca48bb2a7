// awk: patterns and actions for each record (POSIX, in mawk's words).

import { decode } from '../byte-text.ts';
import { Interpreter } from './awk-interpreter.ts';
import { parseAwk } from './awk-syntax.ts';
import { AwkSyntaxError } from './awk-tokens.ts';
import type { AwkProgram } from './awk-tree.ts';
import type { Tool } from './tool.ts';

export const awk: Tool = {
	name: 'awk',
	usage: '[OPTIONS] [AWK_PROGRAM] [FILE]...',
	async run(call) {
		const options = call.options(
			{ short: 'F:v:f:W:', long: { 'field-separator=': 'F', 'assign=': 'v', 'file=': 'f' }, ordered: true },
			2,
		);
		const operands = [...options.operands];
		const files = options.values('f');
		let text: string;
		if (files.length > 0) {
			const parts = [];
			for (const path of files) parts.push(decode(await call.readAll(path)));
			text = parts.join('\n');
		} else {
			const program = operands.shift();
			if (program === undefined) {
				await call.process.write(
					2,
					call.busybox
						? 'Usage: awk [OPTIONS] [AWK_PROGRAM] [FILE]...\n'
						: "Usage: awk [-F value] [-v var=value] [--] 'program text' [file ...]\n",
				);
				return 2;
			}
			text = program;
		}
		const variables: [string, string][] = options.values('v').map((assignment) => {
			const at = assignment.indexOf('=');
			return at > 0
				? [assignment.slice(0, at), assignment.slice(at + 1)]
				: call.fail(`improper assignment: -v ${assignment}`, 2);
		});
		const separator = options.value('F');
		if (separator !== undefined) variables.unshift(['FS', separator === 't' ? '\t' : separator]);
		let program: AwkProgram;
		try {
			program = parseAwk(text);
		} catch (error) {
			if (error instanceof AwkSyntaxError)
				return call.fail(
					call.busybox ? `cmd. ${error.message.replace('line ', 'line:')}` : error.message,
					call.busybox ? 1 : 2,
				);
			throw error;
		}
		return new Interpreter(call, program, operands, variables).run();
	},
};
