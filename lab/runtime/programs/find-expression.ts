// find's expression: tests and actions on a file, and what joins them.
import type { FileStatus } from '../files.ts';
import { SystemError } from '../process.ts';
import { findUser } from './accounts.ts';
import { strftime } from './dates.ts';
import { escapeAt } from './escapes.ts';
import { modeLetters } from './file-modes.ts';
import { globRegex } from './grep.ts';
import { compileRegex, type Regex } from './regex.ts';
import { type Call, lastPart } from './tool.ts';

export interface Candidate {
	path: string;
	status: FileStatus;
	depth: number;
	/** The starting point that it was found under. */
	start: string;
}

export type Test = (candidate: Candidate) => boolean | Promise<boolean>;

/** Words that only change how the whole search goes. */
export interface Search {
	minDepth: number;
	maxDepth: number;
	depthFirst: boolean;
	/** Paths not to go into. */
	pruned: Set<string>;
	batches: { command: string[]; paths: string[] }[];
	failed: boolean;
	ended: boolean;
	acts: boolean;
}

const kinds: Record<string, FileStatus['kind'] | 'none'> = {
	f: 'file',
	d: 'directory',
	l: 'symlink',
	c: 'device',
	b: 'block',
	p: 'none',
	s: 'none',
};

class Parser {
	readonly #call: Call;
	readonly #words: readonly string[];
	readonly #search: Search;
	#at = 0;

	constructor(call: Call, words: readonly string[], search: Search) {
		this.#call = call;
		this.#words = words;
		this.#search = search;
	}

	parse(): Test {
		if (this.#words.length === 0) return () => true;
		const test = this.#or();
		if (this.#at < this.#words.length) {
			const word = this.#words[this.#at];
			this.#call.fail(word === ')' ? "you have too many ')'" : `paths must precede expression: \`${word}'`);
		}
		return test;
	}

	#or(): Test {
		let left = this.#and();
		while (this.#words[this.#at] === '-o' || this.#words[this.#at] === '-or') {
			this.#at++;
			const before = left;
			const right = this.#and();
			left = async (candidate) => (await before(candidate)) || right(candidate);
		}
		return left;
	}

	#and(): Test {
		let left = this.#term();
		for (;;) {
			const word = this.#words[this.#at];
			if (word === undefined || word === ')' || word === '-o' || word === '-or') return left;
			if (word === '-a' || word === '-and') this.#at++;
			const before = left;
			const right = this.#term();
			left = async (candidate) => (await before(candidate)) && right(candidate);
		}
	}

	#value(name: string): string {
		const value = this.#words[this.#at++];
		return (
			value ??
			this.#call.fail(this.#call.busybox ? `${name} requires an argument` : `missing argument to \`${name}'`)
		);
	}

	/** `+5`, `-5` or `5`. */
	#number(name: string, text = this.#value(name)): (value: number) => boolean {
		const [, sign, digits] = /^([-+]?)(\d+(?:\.\d+)?)$/.exec(text) ?? [];
		if (digits === undefined) return this.#call.fail(`invalid argument \`${text}' to \`${name}'`);
		const number = Number(digits);
		return (value) => (sign === '+' ? value > number : sign === '-' ? value < number : value === number);
	}

	#term(): Test {
		const call = this.#call;
		const { files, clock } = call.process;
		const search = this.#search;
		const word = this.#words[this.#at++];
		const pattern = (ignoreCase: boolean): ((text: string) => boolean) => {
			const glob = this.#value(word ?? '');
			const regex: Regex = globRegex(ignoreCase ? glob.toLowerCase() : glob);
			return (text) => regex.find(ignoreCase ? text.toLowerCase() : text) !== undefined;
		};
		const age = (unit: number) => {
			const matches = this.#number(word ?? '');
			return ({ status }: Candidate) => matches(Math.floor((clock.now() - status.modifiedAt) / unit));
		};
		switch (word) {
			case '(': {
				const inner = this.#or();
				if (this.#words[this.#at++] !== ')')
					call.fail("invalid expression; I was expecting to find a ')' somewhere but did not see one.");
				return inner;
			}
			case '!':
			case '-not': {
				const inner = this.#term();
				return async (candidate) => !(await inner(candidate));
			}
			case '-name':
			case '-iname': {
				const matches = pattern(word === '-iname');
				return ({ path }) => matches(lastPart(path));
			}
			case '-path':
			case '-wholename':
			case '-ipath': {
				const matches = pattern(word === '-ipath');
				return ({ path }) => matches(path);
			}
			case '-regex': {
				const regex = compileRegex(`^(?:${this.#value(word)})$`, { perl: true });
				return ({ path }) => regex.find(path) !== undefined;
			}
			case '-type': {
				const letters = this.#value(word).split(',');
				for (const letter of letters)
					if (!Object.hasOwn(kinds, letter)) call.fail(`Unknown argument to -type: ${letter}`);
				return ({ status }) => letters.some((letter) => kinds[letter] === status.kind);
			}
			case '-size': {
				const [, text, unit = 'b'] = /^([-+]?\d+)([bcwkMG]?)$/.exec(this.#value(word)) ?? [];
				const bytes = { b: 512, c: 1, w: 2, k: 1024, M: 1024 ** 2, G: 1024 ** 3 }[unit || 'b'] ?? 512;
				const matches = this.#number(word, text ?? '');
				return ({ status }) => matches(Math.ceil(status.size / bytes));
			}
			case '-empty':
				return ({ path, status }) =>
					status.kind === 'directory'
						? files.list(path).length === 0
						: status.kind === 'file' && status.size === 0;
			case '-mtime':
			case '-ctime':
			case '-atime':
				return age(86_400_000);
			case '-mmin':
			case '-cmin':
			case '-amin':
				return age(60_000);
			case '-newer': {
				const { modifiedAt } = files.status(this.#value(word));
				return ({ status }) => status.modifiedAt > modifiedAt;
			}
			case '-user': {
				const name = this.#value(word);
				const user = findUser(call.process, name) ?? call.fail(`‘${name}’ is not the name of a known user`);
				return ({ status }) => status.uid === user.uid;
			}
			case '-uid': {
				const matches = this.#number(word);
				return ({ status }) => matches(status.uid);
			}
			case '-links': {
				const matches = this.#number(word);
				return ({ status }) => matches(status.links);
			}
			case '-inum': {
				const matches = this.#number(word);
				return ({ status }) => matches(status.inode);
			}
			case '-perm': {
				const text = this.#value(word);
				const [, sign, octal] = /^([-/]?)([0-7]+)$/.exec(text) ?? [];
				if (octal === undefined) return call.fail(`invalid mode ‘${text}’`);
				const mode = Number.parseInt(octal, 8);
				return ({ status }) =>
					sign === '-'
						? (status.mode & mode) === mode
						: sign === '/'
							? mode === 0 || (status.mode & mode) !== 0
							: status.mode === mode;
			}
			case '-readable':
			case '-writable':
			case '-executable': {
				const bit = word === '-readable' ? 0o444 : word === '-writable' ? 0o222 : 0o111;
				return ({ status }) => (status.mode & bit) !== 0 || (call.process.uid === 0 && bit !== 0o111);
			}
			case '-true':
				return () => true;
			case '-false':
				return () => false;
			case '-maxdepth':
			case '-mindepth':
				search[word === '-maxdepth' ? 'maxDepth' : 'minDepth'] = Number(this.#value(word));
				return () => true;
			case '-depth':
				search.depthFirst = true;
				return () => true;
			case '-xdev':
			case '-mount':
			case '-noleaf':
				return () => true;
			case '-prune':
				return ({ path }) => {
					search.pruned.add(path);
					return true;
				};
			case '-quit':
				search.acts = true;
				return () => {
					search.ended = true;
					return true;
				};
			case '-print':
			case '-print0': {
				search.acts = true;
				const end = word === '-print' ? '\n' : '\0';
				return async ({ path }) => {
					await call.print(path + end);
					return true;
				};
			}
			case '-printf': {
				search.acts = true;
				const format = this.#value(word);
				return async (candidate) => {
					await call.print(described(call, candidate, format));
					return true;
				};
			}
			case '-ls':
				search.acts = true;
				return async ({ path, status }) => {
					await call.print(
						`${status.inode} ${Math.ceil(status.size / 4096) * 4} ${modeLetters(status)} ${status.links} ${status.uid} ${status.gid} ${status.size} ${strftime('%b %e %H:%M', status.modifiedAt)} ${path}\n`,
					);
					return true;
				};
			case '-delete':
				search.acts = true;
				search.depthFirst = true;
				return async ({ path }) => {
					try {
						if (path !== '.') files.remove(path);
						return true;
					} catch (error) {
						await call.complain(
							call.busybox
								? `${path}: ${(error as Error).message}`
								: `cannot delete ‘${path}’: ${(error as Error).message}`,
						);
						search.failed = true;
						return false;
					}
				};
			case '-exec':
			case '-execdir':
			case '-ok':
				return this.#exec(word);
			default:
				return call.fail(
					call.busybox
						? `unrecognized: ${word}`
						: word?.startsWith('-')
							? `unknown predicate \`${word}'`
							: `paths must precede expression: \`${word}'`,
				);
		}
	}

	#exec(name: string): Test {
		const call = this.#call;
		const search = this.#search;
		search.acts = true;
		const end = this.#words.findIndex(
			(word, i) => i >= this.#at && (word === ';' || (word === '+' && this.#words[i - 1] === '{}')),
		);
		if (end < 0)
			return call.fail(call.busybox ? `${name} requires an argument` : `missing argument to \`${name}'`);
		const command = this.#words.slice(this.#at, end);
		const many = this.#words[end] === '+';
		this.#at = end + 1;
		if (many) {
			const batch = { command: command.slice(0, -1), paths: [] as string[] };
			search.batches.push(batch);
			return ({ path }) => {
				batch.paths.push(path);
				return true;
			};
		}
		return async ({ path }) =>
			(await runCommand(
				call,
				command.map((word) => word.replaceAll('{}', path)),
			)) === 0;
	}
}

/** Runs a command and waits for it; complains where it cannot be started. */
export async function runCommand(call: Call, argv: string[]): Promise<number> {
	await call.flush();
	try {
		const { pid } = call.process.spawn({ argv });
		return (await call.process.wait(pid))?.code ?? 1;
	} catch (error) {
		if (!(error instanceof SystemError) || error.code === 'EINTR') throw error;
		await call.complain(call.busybox ? `${argv[0]}: ${error.message}` : `‘${argv[0]}’: ${error.message}`);
		return 127;
	}
}

function described(call: Call, { path, status, depth, start }: Candidate, format: string): string {
	const values: Record<string, () => string> = {
		p: () => path,
		f: () => lastPart(path),
		h: () => path.slice(0, path.lastIndexOf('/')) || '.',
		P: () => path.slice(start.length).replace(/^\//, ''),
		H: () => start,
		s: () => String(status.size),
		d: () => String(depth),
		m: () => status.mode.toString(8),
		M: () => modeLetters(status),
		u: () => String(status.uid),
		U: () => String(status.uid),
		g: () => String(status.gid),
		G: () => String(status.gid),
		i: () => String(status.inode),
		n: () => String(status.links),
		k: () => String(Math.ceil(status.size / 1024)),
		y: () => ({ file: 'f', directory: 'd', symlink: 'l', device: 'c', block: 'b' })[status.kind],
		l: () => (status.kind === 'symlink' ? call.process.files.readLink(path) : ''),
		t: () => strftime('%a %b %e %H:%M:%S.%N %Y', status.modifiedAt),
		'%': () => '%',
	};
	let text = '';
	for (let at = 0; at < format.length; ) {
		if (format[at] === '\\') {
			const sequence = escapeAt(format, at, 'format', 'gnu');
			text += sequence.text;
			at += sequence.length;
		} else if (format[at] !== '%') text += format[at++];
		else {
			const [whole, width, letter, time] = /^%(-?\d*)([a-zA-Z%])(?:(?<=T)(@|.))?/.exec(format.slice(at)) ?? [
				'%',
				'',
				'%',
			];
			at += whole.length;
			const value =
				letter === 'T'
					? time === '@'
						? (status.modifiedAt / 1000).toFixed(10)
						: strftime(`%${time}`, status.modifiedAt)
					: Object.hasOwn(values, letter)
						? values[letter]()
						: whole;
			text += width.startsWith('-')
				? value.padEnd(Number(width.slice(1)))
				: value.padStart(Number(width || 0));
		}
	}
	return text;
}

/** Reads find's expression; wrong ones end the tool with its complaint. */
export function parseExpression(call: Call, words: readonly string[], search: Search): Test {
	return new Parser(call, words, search).parse();
}
