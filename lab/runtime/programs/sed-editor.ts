// What sed does with each line: the commands of a script in turn.
import { decode, encode } from '../byte-text.ts';
import type { Line } from './lines.ts';
import { matchesOf, type Regex } from './regex.ts';
import { expandReplacement } from './sed-replacement.ts';
import type { Address, Command } from './sed-script.ts';
import type { Call } from './tool.ts';
import { inTurns, type Work } from './work.ts';

/** A change of size below this is not accounted as memory. */
const accountedBytes = 16 * 1024;
/** How much of a long line a substitution gets through in a step. */
const charactersPerStep = 256;
/** Matches in one line between two accounts of the steps that they take. */
const matchesPerPiece = 256;
const matchSteps = 100;

/** Where output goes: standard output, or the file that -i edits. */
type Output = (text: string) => Promise<void> | undefined | void;

export class Editor {
	readonly #call: Call;
	readonly #commands: Command[];
	readonly #silent: boolean;
	#hold = '';
	#accounted = 0;
	#line = 0;
	#lastRegex: Regex | undefined;
	/** Steps that searches have taken and the process has not paid for. */
	#owed = 0;
	readonly #writing = new Map<string, string>();
	quit: number | undefined;

	constructor(call: Call, commands: Command[], silent: boolean) {
		this.#call = call;
		this.#commands = commands;
		this.#silent = silent;
		for (const { name, text, substitute } of commands) {
			const file = name === 'w' ? text : substitute?.file;
			if (file !== undefined) this.#writing.set(file, '');
		}
	}

	/** Accounts what the hold space has come to. */
	#account(): void {
		const growth = this.#hold.length - this.#accounted;
		if (Math.abs(growth) < accountedBytes) return;
		this.#call.process.allocate(growth);
		this.#accounted = this.#hold.length;
	}

	restart(): void {
		this.#line = 0;
		for (const command of this.#commands) command.active = false;
	}

	#matches(address: Address, space: string, last: boolean): boolean {
		switch (address.kind) {
			case 'line':
				return this.#line === address.number;
			case 'last':
				return last;
			case 'step':
				return address.step > 0
					? this.#line >= address.first && (this.#line - address.first) % address.step === 0
					: this.#line === address.first;
			case 'regex':
				return this.#find(address.regex).find(space) !== undefined;
			default:
				return false;
		}
	}

	#find(regex: Regex | undefined): Regex {
		const used =
			regex ?? this.#lastRegex ?? this.#call.fail('-e expression #1, char 0: no previous regular expression');
		this.#lastRegex = used;
		this.#owed += used.takeSteps();
		return used;
	}

	/** The steps of searches since the last call. */
	#takeOwed(): number {
		const owed = this.#owed + (this.#lastRegex?.takeSteps?.() ?? 0);
		this.#owed = 0;
		return owed;
	}

	#selected(command: Command, space: string, last: boolean): boolean {
		const [first, second] = command.addresses;
		if (!first) return !command.negated;
		if (!second) return this.#matches(first, space, last) !== command.negated;
		let inRange: boolean;
		if (command.active) {
			inRange = true;
			if (
				second.kind === 'regex'
					? this.#matches(second, space, last)
					: second.kind === 'last'
						? last
						: this.#line >= command.lastLine
			)
				command.active = false;
			// A range whose last line is behind ends before this one.
			if (second.kind === 'line' && this.#line > command.lastLine) inRange = false;
		} else {
			const zero = first.kind === 'line' && first.number === 0;
			inRange = zero ? this.#line === 1 : this.#matches(first, space, last);
			if (inRange) {
				command.lastLine =
					second.kind === 'line'
						? second.number
						: second.kind === 'offset'
							? this.#line + second.lines
							: second.kind === 'multiple'
								? second.of > 0
									? Math.ceil(this.#line / second.of) * second.of
									: this.#line
								: Number.POSITIVE_INFINITY;
				command.active = second.kind === 'last' ? !last : this.#line < command.lastLine;
				if (zero && second.kind === 'regex' && this.#matches(second, space, last)) command.active = false;
			}
		}
		return inRange !== command.negated;
	}

	async run(input: AsyncGenerator<Line>, output: Output): Promise<void> {
		const commands = this.#commands;
		let upcoming = await input.next();
		const advance = async (): Promise<Line | undefined> => {
			if (upcoming.done) return undefined;
			const line = upcoming.value;
			upcoming = await input.next();
			this.#line++;
			return line;
		};
		let restart: string | undefined;
		for (;;) {
			const wait = this.#call.process.step(1 + this.#takeOwed());
			if (wait) await wait;
			this.#account();
			let line: Line | undefined = restart === undefined ? await advance() : { text: restart, ended: true };
			restart = undefined;
			if (!line) return;
			let space: string = line.text;
			let ended: boolean = line.ended;
			const appended: string[] = [];
			const print = async (text: string) =>
				void (await output(`${text}${ended || !upcoming.done ? '\n' : ''}`));
			const finish = async () => {
				if (!this.#silent) await print(space);
				for (const text of appended.splice(0)) await output(text);
			};
			let deleted = false;
			let substituted = false;
			let at = 0;
			for (let rounds = 0; at < commands.length; rounds++) {
				if (rounds % 64 === 63) {
					const pause = this.#call.process.step();
					if (pause) await pause;
				}
				const command = commands[at++];
				if (command.name === ':') continue;
				if (!this.#selected(command, space, upcoming.done ?? false)) {
					if (command.name === '{') at = command.end;
					continue;
				}
				const jump = () => {
					at =
						command.text === ''
							? commands.length
							: commands.findIndex((other) => other.name === ':' && other.text === command.text);
				};
				switch (command.name) {
					case 's': {
						const rule = command.substitute;
						if (!rule) break;
						const changed = await inTurns(this.#call.process, this.#substitute(space, rule));
						const cost = this.#call.process.step(
							Math.ceil(space.length / charactersPerStep) + this.#takeOwed(),
						);
						if (cost) await cost;
						if (changed === undefined) break;
						space = changed;
						substituted = true;
						if (rule.print) await print(space);
						if (rule.file !== undefined) await this.#writeTo(rule.file, `${space}\n`, output);
						break;
					}
					case 'y':
						space = [...space].map((character) => command.translation?.get(character) ?? character).join('');
						break;
					case 'p':
						await print(space);
						break;
					case 'P':
						await output(`${space.split('\n')[0]}\n`);
						break;
					case 'd':
						deleted = true;
						at = commands.length;
						break;
					case 'D':
						deleted = true;
						if (space.includes('\n')) restart = space.slice(space.indexOf('\n') + 1);
						at = commands.length;
						break;
					case 'a':
						appended.push(command.text);
						break;
					case 'i':
						await output(command.text);
						break;
					case 'c':
						if (command.addresses.length < 2 || !command.active || command.negated)
							await output(command.text);
						deleted = true;
						at = commands.length;
						break;
					case 'n':
						if (upcoming.done && !this.#call.busybox) {
							await finish();
							return;
						}
						await finish();
						line = await advance();
						if (!line) return;
						space = line.text;
						ended = line.ended;
						break;
					case 'N':
						if (upcoming.done) {
							await finish();
							return;
						}
						line = await advance();
						if (!line) return;
						space += `\n${line.text}`;
						ended = line.ended;
						break;
					case 'g':
						space = this.#hold;
						break;
					case 'G':
						space += `\n${this.#hold}`;
						break;
					case 'h':
						this.#hold = space;
						break;
					case 'H':
						this.#hold += `\n${space}`;
						break;
					case 'x':
						[space, this.#hold] = [this.#hold, space];
						break;
					case 'z':
						space = '';
						break;
					case '=':
						await output(`${this.#line}\n`);
						break;
					case 'F':
						await output('-\n');
						break;
					case 'l':
						await output(`${unambiguous(space)}$\n`);
						break;
					case 'r':
						if (this.#call.process.files.exists(command.text))
							appended.push(decode(this.#call.process.files.readFile(command.text)));
						break;
					case 'w':
						await this.#writeTo(command.text, `${space}\n`, output);
						break;
					case 'b':
						jump();
						break;
					case 't':
						if (substituted) jump();
						substituted = false;
						break;
					case 'T':
						if (!substituted) jump();
						substituted = false;
						break;
					case 'q':
						await finish();
						this.quit = Number(command.text || 0);
						return;
					case 'Q':
						this.quit = Number(command.text || 0);
						return;
				}
			}
			if (!deleted) await finish();
			else for (const text of appended) await output(text);
		}
	}

	*#substitute(space: string, rule: NonNullable<Command['substitute']>): Work<string | undefined> {
		const regex = this.#find(rule.regex);
		let result = '';
		let last = 0;
		let count = 0;
		let changed = false;
		for (const { start, end, groups } of matchesOf(regex, space)) {
			if (++count % matchesPerPiece === 0) yield matchSteps;
			if (count < rule.number) continue;
			result += space.slice(last, start) + expandReplacement(rule.replacement, groups);
			last = end;
			changed = true;
			if (!rule.global) break;
		}
		return changed ? result + space.slice(last) : undefined;
	}

	async #writeTo(path: string, text: string, output: Output): Promise<void> {
		if (path === '/dev/stdout') return void (await output(text));
		if (path === '/dev/stderr') return this.#call.process.write(2, text);
		this.#writing.set(path, (this.#writing.get(path) ?? '') + text);
	}

	writeFiles(): void {
		for (const [path, text] of this.#writing)
			if (!path.startsWith('/dev/std')) this.#call.process.files.writeFile(path, encode(text));
	}
}

function unambiguous(text: string): string {
	const named: Record<string, string> = {
		'\\': '\\\\',
		'\x07': '\\a',
		'\b': '\\b',
		'\f': '\\f',
		'\n': '\\n',
		'\r': '\\r',
		'\t': '\\t',
		'\v': '\\v',
	};
	return [...text]
		.map(
			(character) =>
				named[character] ??
				(character >= ' ' && character <= '~'
					? character
					: [...encode(character)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')),
		)
		.join('');
}
