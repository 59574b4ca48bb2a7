// test and [, as executables (the shells have their own).
import type { FileStatus } from '../files.ts';
import { type Process, SystemError } from '../process.ts';
import type { Call, Tool } from './tool.ts';

const unary = '-b -c -d -e -f -g -h -k -L -n -N -O -G -p -r -s -S -t -u -w -x -z'.split(' ');
const binary = ['=', '==', '!=', '<', '>', '-eq', '-ne', '-lt', '-le', '-gt', '-ge', '-nt', '-ot', '-ef'];

class Expression {
	readonly #call: Call;
	readonly #words: readonly string[];
	#at = 0;

	constructor(call: Call, words: readonly string[]) {
		this.#call = call;
		this.#words = words;
	}

	evaluate(): boolean {
		if (this.#words.length === 0) return false;
		const value = this.#or();
		if (this.#at < this.#words.length) this.#call.fail(`extra argument ‘${this.#words[this.#at]}’`, 2);
		return value;
	}

	#or(): boolean {
		let value = this.#and();
		while (this.#words[this.#at] === '-o') {
			this.#at++;
			const right = this.#and();
			value ||= right;
		}
		return value;
	}

	#and(): boolean {
		let value = this.#term();
		while (this.#words[this.#at] === '-a') {
			this.#at++;
			const right = this.#term();
			value &&= right;
		}
		return value;
	}

	#term(): boolean {
		const words = this.#words;
		const word = words[this.#at];
		const left = words.length - this.#at;
		if (word === undefined) return this.#call.fail(`missing argument after ‘${words.at(-1)}’`, 2);
		if (left >= 3 && binary.includes(words[this.#at + 1])) return this.#compare();
		if (word === '!' && left > 1) {
			this.#at++;
			return !this.#term();
		}
		if (word === '(' && left > 1) {
			this.#at++;
			const value = this.#or();
			if (words[this.#at++] !== ')') this.#call.fail('‘)’ expected', 2);
			return value;
		}
		if (unary.includes(word) && left > 1) {
			this.#at += 2;
			return examine(this.#call.process, word, words[this.#at - 1]);
		}
		if (left > 1 && /^-[a-zA-Z]$/.test(word) && left === 2)
			return this.#call.fail(`${word}: unary operator expected`, 2);
		this.#at++;
		return word !== '';
	}

	#compare(): boolean {
		const [left, operator, right] = this.#words.slice(this.#at, this.#at + 3);
		this.#at += 3;
		const number = (text: string) =>
			/^\s*[-+]?\d+\s*$/.test(text)
				? Number(text)
				: this.#call.fail(this.#call.busybox ? `${text}: bad number` : `invalid integer ‘${text}’`, 2);
		const { process } = this.#call;
		switch (operator) {
			case '=':
			case '==':
				return left === right;
			case '!=':
				return left !== right;
			case '<':
				return left < right;
			case '>':
				return left > right;
			case '-eq':
				return number(left) === number(right);
			case '-ne':
				return number(left) !== number(right);
			case '-lt':
				return number(left) < number(right);
			case '-le':
				return number(left) <= number(right);
			case '-gt':
				return number(left) > number(right);
			case '-ge':
				return number(left) >= number(right);
			case '-ef':
				return (
					statusOf(process, left)?.inode === statusOf(process, right)?.inode &&
					statusOf(process, left) !== undefined
				);
			default: {
				const a = statusOf(process, left)?.modifiedAt ?? Number.NEGATIVE_INFINITY;
				const b = statusOf(process, right)?.modifiedAt ?? Number.NEGATIVE_INFINITY;
				return operator === '-nt' ? a > b : a < b;
			}
		}
	}
}

function statusOf(process: Process, path: string, followLinks = true): FileStatus | undefined {
	try {
		return process.files.status(path, { followLinks });
	} catch (error) {
		if (error instanceof SystemError) return undefined;
		throw error;
	}
}

/** Whether the process may read (4), write (2) or run (1) a file, by its permission bits. */
function permits(process: Process, status: FileStatus, bit: number): boolean {
	if (process.uid === 0) return bit !== 1 || status.kind === 'directory' || (status.mode & 0o111) !== 0;
	const shift = status.uid === process.uid ? 6 : status.gid === process.gid ? 3 : 0;
	return ((status.mode >> shift) & bit) !== 0;
}

function examine(process: Process, operator: string, operand: string): boolean {
	if (operator === '-n') return operand !== '';
	if (operator === '-z') return operand === '';
	if (operator === '-t') {
		try {
			return process.file(Number(operand)).terminal !== undefined;
		} catch {
			return false;
		}
	}
	if (operator === '-h' || operator === '-L') return statusOf(process, operand, false)?.kind === 'symlink';
	const status = statusOf(process, operand);
	if (!status) return false;
	switch (operator) {
		case '-e':
			return true;
		case '-d':
			return status.kind === 'directory';
		case '-f':
			return status.kind === 'file';
		case '-c':
			return status.kind === 'device';
		case '-s':
			return status.size > 0;
		case '-r':
			return permits(process, status, 4);
		case '-w':
			return permits(process, status, 2);
		case '-x':
			return permits(process, status, 1);
		case '-O':
			return status.uid === process.uid;
		case '-G':
			return status.gid === process.gid;
		case '-u':
			return (status.mode & 0o4000) !== 0;
		case '-g':
			return (status.mode & 0o2000) !== 0;
		case '-k':
			return (status.mode & 0o1000) !== 0;
		default:
			return false;
	}
}

export const test: Tool = {
	name: 'test',
	run: (call) => (new Expression(call, call.args).evaluate() ? 0 : 1),
};

export const bracket: Tool = {
	name: '[',
	run(call) {
		if (call.args.at(-1) !== ']') return call.fail(call.busybox ? 'missing ]' : 'missing ‘]’', 2);
		return new Expression(call, call.args.slice(0, -1)).evaluate() ? 0 : 1;
	},
};
