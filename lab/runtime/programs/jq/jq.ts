// jq: takes JSON apart and puts it together (jqlang.org/manual, 1.7).
import { decode } from '../../byte-text.ts';
import { SystemError } from '../../process.ts';
import type { Call, Tool } from '../tool.ts';
import type { Environment } from './environment.ts';
import type { Host } from './evaluation.ts';
import { Evaluator } from './evaluator.ts';
import { ParseError, valuesIn } from './input.ts';
import { type Layout, printed } from './output.ts';
import { parseProgram } from './parser.ts';
import { prelude } from './prelude.ts';
import { CompileError, type Expression, type Json, RunError } from './syntax.ts';
import { isTrue } from './values.ts';

const usage = `Usage:	jq [OPTIONS] FILTER [FILES...]
	jq [OPTIONS] -n FILTER
`;

interface Request {
	flags: Set<string>;
	layout: Layout;
	variables: Map<string, Json>;
	filter: string | undefined;
	files: string[];
}

const longNames: Readonly<Record<string, string>> = {
	'raw-output': 'r',
	'compact-output': 'c',
	'null-input': 'n',
	slurp: 's',
	'exit-status': 'e',
	'join-output': 'j',
	'sort-keys': 'S',
	'raw-input': 'R',
	'ascii-output': 'a',
	'color-output': 'C',
	'monochrome-output': 'M',
	'from-file': 'f',
	tab: 'tab',
	version: 'V',
	help: 'h',
};

/** Throws CompileError for options that jq does not know. */
function requestOf(args: readonly string[]): Request {
	const flags = new Set<string>();
	const variables = new Map<string, Json>();
	const named: { [key: string]: Json } = {};
	const positional: Json[] = [];
	const operands: string[] = [];
	let indent = '  ';
	let rest: 'files' | 'strings' | 'json' = 'files';
	for (let at = 0; at < args.length; at++) {
		const arg = args[at];
		const take = () => {
			const value = args[++at];
			if (value === undefined) throw new CompileError(`${arg} takes more parameters`);
			return value;
		};
		if (arg === '--arg' || arg === '--argjson') {
			const [name, value] = [take(), take()];
			named[name] = arg === '--arg' ? value : (JSON.parse(value) as Json);
			variables.set(name, named[name]);
		} else if (arg === '--indent') indent = ' '.repeat(Number(take()));
		else if (arg === '--args') rest = 'strings';
		else if (arg === '--jsonargs') rest = 'json';
		else if (arg.startsWith('--') && longNames[arg.slice(2)]) flags.add(longNames[arg.slice(2)]);
		else if (/^-[A-Za-z]+$/.test(arg)) for (const letter of arg.slice(1)) flags.add(letter);
		else if (arg.startsWith('--')) throw new CompileError(`Unknown option: ${arg}`);
		else if (rest === 'files' || operands.length === 0) operands.push(arg);
		else positional.push(rest === 'json' ? (JSON.parse(arg) as Json) : arg);
	}
	variables.set('ARGS', { positional, named });
	if (flags.has('tab')) indent = '\t';
	if (flags.has('c')) indent = '';
	const layout = { indent, sortKeys: flags.has('S'), ascii: flags.has('a') };
	const [filter, ...files] = operands;
	return { flags, layout, variables, filter, files };
}

/** The values of the files, one after another, or lines where they are raw. */
async function* inputsOf(call: Call, { flags, files }: Request, failed: () => void): AsyncGenerator<Json> {
	const texts: string[] = [];
	for (const path of files.length > 0 ? files : ['-'])
		try {
			texts.push(decode(await call.readAll(path)));
		} catch (error) {
			if (!(error instanceof SystemError)) throw error;
			await call.flush();
			await call.process.write(2, `jq: error: Could not open ${path}: ${error.message}\n`);
			failed();
		}
	const text = texts.join('');
	if (flags.has('R')) {
		if (flags.has('s')) yield text;
		else yield* text.replace(/\n$/, '').split('\n');
	} else if (flags.has('s')) yield [...valuesIn(text)];
	else yield* valuesIn(text);
}

async function run(call: Call, request: Request, program: Expression): Promise<number> {
	const { flags, layout, variables } = request;
	const { process } = call;
	let code = 0;
	let last: Json | undefined;
	const inputs = inputsOf(call, request, () => {
		code = 2;
	});
	const host: Host = {
		step: () => process.step(),
		now: () => process.clock.now(),
		async next() {
			const { done, value } = await inputs.next();
			return done ? undefined : (value as Json);
		},
	};
	const evaluation = new Evaluator(host);
	variables.set('ENV', Object.fromEntries(process.env));
	const environment: Environment = { outer: prelude(), variables };
	const complain = async (message: string) => {
		await call.flush();
		await process.write(2, `jq: error${message}\n`);
	};
	const show = async (value: Json) => {
		last = value;
		const raw = typeof value === 'string' && (flags.has('r') || flags.has('j'));
		await call.print(`${raw ? value : printed(value, layout)}${flags.has('j') ? '' : '\n'}`);
	};
	for (;;) {
		try {
			const input = flags.has('n') ? null : await host.next();
			if (input === undefined) break;
			for await (const { value } of evaluation.run(program, { value: input }, environment)) await show(value);
		} catch (error) {
			if (error instanceof ParseError) {
				await complain(` (at <stdin>:0): ${error.message}`);
				return 2;
			}
			if (!(error instanceof RunError)) throw error;
			await complain(` (at <stdin>:0): ${error.message}`);
			code = 5;
		}
		if (flags.has('n')) break;
	}
	if (code !== 0 || !flags.has('e')) return code;
	return last === undefined ? 4 : isTrue(last) ? 0 : 1;
}

export const jq: Tool = {
	name: 'jq',
	async run(call) {
		try {
			const request = requestOf(call.args);
			if (request.flags.has('V')) {
				await call.print('jq-1.7.1\n');
				return 0;
			}
			if (request.filter === undefined) {
				await call.process.write(2, usage);
				return 2;
			}
			const source = request.flags.has('f') ? decode(await call.readAll(request.filter)) : request.filter;
			return await run(call, request, parseProgram(source));
		} catch (error) {
			if (!(error instanceof CompileError)) throw error;
			await call.flush();
			await call.process.write(
				2,
				`jq: error: ${error.message} at <top-level>, line 1:\n${call.args.find((arg) => !arg.startsWith('-')) ?? ''}\njq: 1 compile error\n`,
			);
			return 3;
		}
	},
};
