// grep, egrep and fgrep.

import { decode } from '../byte-text.ts';
import { SystemError } from '../process.ts';
import type { Options } from './options.ts';
import { compileRegex, type Match, matchesOf, type Regex, RegexError } from './regex.ts';
import { type Call, join, type Tool, ToolFailure } from './tool.ts';

const spec = {
	short: 'EFGPe:f:ivwxcLlm:oqsbHhnZA:B:C:aIrRyUz',
	long: {
		'extended-regexp': 'E',
		'fixed-strings': 'F',
		'basic-regexp': 'G',
		'perl-regexp': 'P',
		'regexp=': 'e',
		'file=': 'f',
		'ignore-case': 'i',
		'invert-match': 'v',
		'word-regexp': 'w',
		'line-regexp': 'x',
		count: 'c',
		'files-without-match': 'L',
		'files-with-matches': 'l',
		'max-count=': 'm',
		'only-matching': 'o',
		quiet: 'q',
		silent: 'q',
		'no-messages': 's',
		'with-filename': 'H',
		'no-filename': 'h',
		'line-number': 'n',
		'after-context=': 'A',
		'before-context=': 'B',
		'context=': 'C',
		text: 'a',
		recursive: 'r',
		'dereference-recursive': 'R',
		'include=': 'include',
		'exclude=': 'exclude',
		'exclude-dir=': 'exclude-dir',
		'color=?': 'color',
		'colour=?': 'color',
		'line-buffered': 'buffered',
		'byte-offset': 'b',
	},
};

interface Selection {
	/** The matches in a line, or undefined where none is there. */
	first(line: string): Match | undefined;
	all(line: string): Generator<Match>;
	/** The steps that the searches have taken since it was last asked. */
	takeSteps(): number;
}

function selection(call: Call, options: Options, patterns: readonly string[]): Selection {
	const kind =
		options.last('E', 'F', 'G', 'P') ?? (call.name === 'egrep' ? 'E' : call.name === 'fgrep' ? 'F' : 'G');
	const ignoreCase = options.has('i', 'y');
	let regexes: Regex[];
	try {
		regexes = patterns.map((pattern) =>
			compileRegex(pattern, { extended: kind === 'E', fixed: kind === 'F', perl: kind === 'P', ignoreCase }),
		);
	} catch (error) {
		if (error instanceof RegexError) throw new ToolFailure(error.message, 2);
		throw error;
	}
	const word = /[0-9A-Za-z_]/;
	const accepted = (line: string, { start, end }: Match) => {
		if (options.has('x')) return start === 0 && end === line.length;
		return !options.has('w') || (!word.test(line[start - 1] ?? ' ') && !word.test(line[end] ?? ' '));
	};
	const find = (regex: Regex, line: string): Match | undefined => {
		if (!options.has('x', 'w')) return regex.find(line);
		for (let from = 0; from <= line.length; ) {
			const match = regex.find(line, from);
			if (!match) return undefined;
			if (accepted(line, match)) return match;
			from = match.start + 1;
		}
		return undefined;
	};
	function* acceptedIn(regex: Regex, line: string): Generator<Match> {
		for (const match of matchesOf(regex, line)) if (accepted(line, match)) yield match;
	}
	return {
		takeSteps: () => regexes.reduce((steps, regex) => steps + regex.takeSteps(), 0),
		first(line) {
			for (const regex of regexes) {
				const match = find(regex, line);
				if (match) return match;
			}
			return undefined;
		},
		*all(line) {
			const streams = regexes.map((regex) => acceptedIn(regex, line));
			const heads = streams.map((stream) => stream.next().value as Match | undefined);
			for (let end = -1; ; ) {
				const best = earliest(heads);
				if (best === undefined) return;
				const match = heads[best]!;
				heads[best] = streams[best].next().value as Match | undefined;
				if (match.start < end) continue;
				end = match.end;
				yield match;
			}
		},
	};
}

/** Which of several matches begins first, and of such is the longest; undefined where there is none. */
function earliest(matches: readonly (Match | undefined)[]): number | undefined {
	let best: number | undefined;
	for (const [index, match] of matches.entries()) {
		if (!match) continue;
		const other = best === undefined ? undefined : matches[best];
		if (!other || match.start < other.start || (match.start === other.start && match.end > other.end))
			best = index;
	}
	return best;
}

/** A shell pattern for file names, as --include has it. */
export function globRegex(pattern: string): Regex {
	let text = '';
	for (let at = 0; at < pattern.length; at++) {
		const character = pattern[at];
		if (character === '*') text += '.*';
		else if (character === '?') text += '.';
		else if (character === '[') {
			const end = pattern.indexOf(']', at + 2);
			if (end < 0) text += '\\[';
			else {
				text += `[${pattern
					.slice(at + 1, end)
					.replace(/^!/, '^')
					.replaceAll('\\', '\\\\')}]`;
				at = end;
			}
		} else if (character === '\\' && at + 1 < pattern.length) text += pattern[++at].replace(/[\W]/g, '\\$&');
		else text += character.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
	}
	return compileRegex(`^(?:${text})$`, { perl: true, dotAll: true });
}

class Search {
	readonly call: Call;
	readonly options: Options;
	readonly selection: Selection;
	readonly before: number;
	readonly after: number;
	readonly most: number;
	named = false;
	found = false;
	failed = false;
	#printed = false;

	constructor(call: Call, options: Options, chosen: Selection) {
		this.call = call;
		this.options = options;
		this.selection = chosen;
		this.before = Number(options.value('B') ?? options.value('C') ?? 0);
		this.after = Number(options.value('A') ?? options.value('C') ?? 0);
		this.most = Number(options.value('m') ?? Number.POSITIVE_INFINITY);
	}

	async file(path: string): Promise<void> {
		const { call, options } = this;
		try {
			await this.#lines(path);
		} catch (error) {
			if (!(error instanceof SystemError) || error.code === 'EPIPE' || error.code === 'EINTR') throw error;
			if (error.code === 'ENOMEM') throw new ToolFailure(error.message, 2);
			this.failed = true;
			if (!options.has('s')) await call.complain(`${path}: ${error.message}`);
		}
	}

	async #lines(path: string): Promise<void> {
		const { call, options } = this;
		const name = path === '-' ? '(standard input)' : path;
		const quiet = options.has('q', 'l', 'L', 'c');
		const context: { number: number; text: string }[] = [];
		let count = 0;
		let number = 0;
		let lastPrinted = 0;
		let trailing = 0;
		for await (const { text } of call.lines(path)) {
			number++;
			const wait = call.process.step(1 + this.selection.takeSteps());
			if (wait) await wait;
			const match = this.selection.first(text);
			const selected = (match !== undefined) !== options.has('v');
			if (selected) {
				count++;
				this.found = true;
				if (options.has('q')) return;
				if (!quiet) {
					const from = context.filter((line) => line.number > lastPrinted);
					const gap =
						(this.before > 0 || this.after > 0) &&
						this.#printed &&
						(from[0]?.number ?? number) > lastPrinted + 1;
					if (gap) await call.print('--\n');
					for (const line of from) await this.#print(name, line.number, line.text, '-');
					if (options.has('o')) {
						if (!options.has('v'))
							for (const each of this.selection.all(text)) {
								const pause = call.process.step(1 + this.selection.takeSteps());
								if (pause) await pause;
								if (each.end > each.start)
									await this.#print(name, number, text.slice(each.start, each.end), ':');
							}
					} else await this.#print(name, number, text, ':');
					lastPrinted = number;
				}
				trailing = this.after;
				if (options.has('l', 'L') || count >= this.most) {
					if (!(trailing > 0 && !quiet)) break;
				}
			} else if (trailing > 0 && !quiet) {
				await this.#print(name, number, text, '-');
				lastPrinted = number;
				if (--trailing === 0 && count >= this.most) break;
			}
			if (this.before > 0) {
				context.push({ number, text });
				if (context.length > this.before) context.shift();
			}
			if (count >= this.most && trailing === 0) break;
		}
		if (options.has('l') && count > 0) await call.print(`${name}\n`);
		if (options.has('L') && count === 0) await call.print(`${name}\n`);
		if (options.has('c') && !options.has('l', 'L'))
			await call.print(`${this.named ? `${name}:` : ''}${count}\n`);
	}

	async #print(name: string, number: number, text: string, separator: string): Promise<void> {
		this.#printed = true;
		const prefix = (this.named ? name + separator : '') + (this.options.has('n') ? number + separator : '');
		await this.call.print(`${prefix}${text}\n`);
	}
}

/** Files below a directory that --include and --exclude let through. */
async function* below(call: Call, path: string, options: Options, top: boolean): AsyncGenerator<string> {
	const { files } = call.process;
	const wait = call.process.step();
	if (wait) await wait;
	const status = files.status(path, { followLinks: top || options.has('R') });
	const name = path.slice(path.lastIndexOf('/') + 1);
	const matches = (option: string) =>
		options.values(option).some((pattern) => globRegex(pattern).find(name) !== undefined);
	if (status.kind === 'directory') {
		if (!top && matches('exclude-dir')) return;
		for (const child of files.list(path).sort()) yield* below(call, join(path, child), options, false);
	} else if (status.kind === 'file') {
		if (options.has('include') && !matches('include')) return;
		if (!matches('exclude')) yield path;
	}
}

function grepAs(name: string): Tool {
	return {
		name,
		usage: '[-HhnlLoqvsrRiwFE] [-m N] [-A|B|C N] { PATTERN | -e PATTERN... | -f FILE... } [FILE]...',
		async run(call) {
			// -5 stands for -C 5.
			const args = call.args.flatMap((arg) => (/^-\d+$/.test(arg) ? ['-C', arg.slice(1)] : [arg]));
			const options = call.withArguments(args).options(spec, 2);
			const operands = [...options.operands];
			const given = [...options.values('e')];
			for (const path of options.values('f'))
				given.push(
					...decode(await call.readAll(path))
						.replace(/\n$/, '')
						.split('\n'),
				);
			if (!options.has('e', 'f')) {
				const pattern = operands.shift();
				if (pattern === undefined) {
					if (call.busybox) throw call.usageFailure('missing pattern', 2);
					await call.process.write(
						2,
						`Usage: ${name} [OPTION]... PATTERNS [FILE]...\nTry '${name} --help' for more information.\n`,
					);
					return 2;
				}
				given.push(pattern);
			}
			const search = new Search(
				call,
				options,
				selection(
					call,
					options,
					given.flatMap((pattern) => pattern.split('\n')),
				),
			);
			const recursive = options.has('r', 'R');
			const paths = operands.length > 0 ? operands : recursive ? ['.'] : ['-'];
			search.named =
				options.last('H', 'h') === 'H' || ((paths.length > 1 || recursive) && options.last('H', 'h') !== 'h');
			for (const path of paths) {
				const { files } = call.process;
				const isDirectory = path !== '-' && files.exists(path) && files.status(path).kind === 'directory';
				if (isDirectory && recursive) {
					for await (const file of below(call, path, options, true)) {
						await search.file(operands.length === 0 ? file.replace(/^\.\//, '') : file);
						if (search.found && options.has('q')) return 0;
					}
				} else if (isDirectory && !call.busybox) {
					if (!options.has('s')) await call.complain(`${path}: Is a directory`);
				} else await search.file(path);
				if (search.found && options.has('q')) return 0;
			}
			return search.failed ? 2 : search.found ? 0 : 1;
		},
	};
}

export const grep = grepAs('grep');
export const egrep = grepAs('egrep');
export const fgrep = grepAs('fgrep');
