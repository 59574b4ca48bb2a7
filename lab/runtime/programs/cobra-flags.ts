// Flags as programs built with cobra read them: `--name=value`, `--name value`, `-n value`, `-nvalue`, and the
// complaints about wrong ones (github.com/spf13/pflag).

export type FlagKind = 'string' | 'int' | 'bool' | 'duration';

export class FlagError extends Error {}

/** Milliseconds of a Go duration as `1m30s`; undefined for what is none. */
export function parseGoDuration(text: string): number | undefined {
	if (/^[-+]?0$/.test(text)) return 0;
	const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
	const [, sign, parts] = /^([-+]?)((?:\d+(?:\.\d+)?(?:ms|s|m|h))+)$/.exec(text) ?? [];
	if (parts === undefined) return undefined;
	const total = [...parts.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)].reduce(
		(sum, [, number, unit]) => sum + Number(number) * units[unit],
		0,
	);
	return sign === '-' ? -total : total;
}

export interface FlagSpec {
	kinds: Readonly<Record<string, FlagKind>>;
	/** A short flag's letter → its name. */
	letters?: Readonly<Record<string, string>>;
	/** What a flag without a value means, where it may have none. */
	bare?: Readonly<Record<string, string>>;
}

export class Flags {
	readonly operands: readonly string[];
	/** What stands after `--`. */
	readonly command: readonly string[];
	readonly #values = new Map<string, string[]>();

	/** Throws FlagError in cobra's words. */
	constructor(args: readonly string[], { kinds, letters = {}, bare = {} }: FlagSpec) {
		const end = args.indexOf('--');
		const before = end < 0 ? args : args.slice(0, end);
		const operands: string[] = [];
		for (let at = 0; at < before.length; at++) {
			const arg = before[at];
			if (!arg.startsWith('-') || arg === '-') {
				operands.push(arg);
				continue;
			}
			const long = arg.startsWith('--');
			const [given, ...rest] = long ? arg.slice(2).split('=') : [arg[1]];
			const attached = long ? (rest.length > 0 ? rest.join('=') : undefined) : arg.slice(2).replace(/^=/, '');
			const name = long ? given : Object.hasOwn(letters, given) ? letters[given] : '';
			const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
			if (!kind)
				throw new FlagError(
					long ? `unknown flag: --${given}` : `unknown shorthand flag: '${given}' in ${arg}`,
				);
			let value = attached || undefined;
			if (value === undefined && kind === 'bool') value = 'true';
			if (value === undefined && Object.hasOwn(bare, name)) value = bare[name];
			if (value === undefined && !(long && rest.length > 0)) value = before[++at];
			if (value === undefined && !(long && rest.length > 0))
				throw new FlagError(
					long ? `flag needs an argument: --${name}` : `flag needs an argument: '${given}' in ${arg}`,
				);
			this.#values.set(name, [...(this.#values.get(name) ?? []), this.#checked(name, kind, value ?? '')]);
		}
		this.operands = operands;
		this.command = end < 0 ? [] : args.slice(end + 1);
	}

	#checked(name: string, kind: FlagKind, value: string): string {
		const refuse = (why: string): never => {
			throw new FlagError(`invalid argument "${value}" for "--${name}" flag: ${why}`);
		};
		if (kind === 'int' && !/^-?\d+$/.test(value))
			refuse(`strconv.ParseInt: parsing "${value}": invalid syntax`);
		if (kind !== 'duration') return value;
		return String(parseGoDuration(value) ?? refuse(`time: invalid duration "${value}"`));
	}

	has(name: string): boolean {
		return this.#values.has(name);
	}

	/** The last value given; '' where there is none. */
	text(name: string): string {
		return this.#values.get(name)?.at(-1) ?? '';
	}

	all(name: string): readonly string[] {
		return this.#values.get(name) ?? [];
	}

	/** A number, or milliseconds of a duration. */
	number(name: string, absent: number): number {
		return Number(this.#values.get(name)?.at(-1) ?? absent);
	}

	is(name: string, absent = false): boolean {
		const value = this.#values.get(name)?.at(-1);
		return value === undefined ? absent : value === 'true';
	}
}
