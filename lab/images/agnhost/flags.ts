// Flags as cobra reads them: `--name=value` or `--name value`, and the complaints about wrong ones.

export type FlagKind = 'string' | 'int' | 'bool' | 'duration';

export class FlagError extends Error {}

/** Milliseconds of a Go duration as `1m30s`; undefined for what is none. */
export function parseGoDuration(text: string): number | undefined {
	if (text === '0') return 0;
	const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
	if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/.test(text)) return undefined;
	return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)].reduce(
		(sum, [, number, unit]) => sum + Number(number) * units[unit],
		0,
	);
}

export class Flags {
	readonly operands: readonly string[];
	readonly #values: ReadonlyMap<string, string>;

	/** `letters` maps a short flag to its name. Throws FlagError in cobra's words. */
	constructor(
		args: readonly string[],
		kinds: Readonly<Record<string, FlagKind>>,
		letters: Readonly<Record<string, string>> = {},
	) {
		const operands: string[] = [];
		const values = new Map<string, string>();
		for (let at = 0; at < args.length; at++) {
			const arg = args[at];
			if (!arg.startsWith('-') || arg === '-') {
				operands.push(arg);
				continue;
			}
			const long = arg.startsWith('--');
			const [given, ...rest] = arg.slice(long ? 2 : 1).split('=');
			const name = long ? given : (letters[given] ?? '');
			const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
			if (!kind)
				throw new FlagError(
					long ? `unknown flag: --${given}` : `unknown shorthand flag: '${given[0]}' in ${arg}`,
				);
			let value = rest.length > 0 ? rest.join('=') : kind === 'bool' ? 'true' : args[++at];
			if (value === undefined) throw new FlagError(`flag needs an argument: --${name}`);
			if (kind === 'int' && !/^-?\d+$/.test(value))
				throw new FlagError(
					`invalid argument "${value}" for "--${name}" flag: strconv.ParseInt: parsing "${value}": invalid syntax`,
				);
			if (kind === 'duration') {
				const duration = parseGoDuration(value);
				if (duration === undefined)
					throw new FlagError(
						`invalid argument "${value}" for "--${name}" flag: time: invalid duration "${value}"`,
					);
				value = String(duration);
			}
			values.set(name, value);
		}
		this.operands = operands;
		this.#values = values;
	}

	text(name: string): string {
		return this.#values.get(name) ?? '';
	}

	/** A number, or milliseconds of a duration. */
	number(name: string, absent: number): number {
		return Number(this.#values.get(name) ?? absent);
	}

	is(name: string, absent = false): boolean {
		const value = this.#values.get(name);
		return value === undefined ? absent : value === 'true';
	}
}
