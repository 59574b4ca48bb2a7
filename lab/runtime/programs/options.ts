// Command line options as getopt_long(3) reads them.
import type { Flavour } from './tool.ts';

export interface OptionSpec {
	/** As getopt's: a colon says that the letter takes a value, two that it may. */
	short?: string;
	/** Long name → the letter (or name) it stands for; a name that ends in `=` takes a value, in `=?` may. */
	long?: Record<string, string>;
	/** Stop at the first operand, as tools do that run a command (env, xargs, timeout). */
	ordered?: boolean;
}

/** A wrong option; `message` is without the tool's name. */
export class OptionError extends Error {}

export class Options {
	/** In the order given. */
	readonly given: readonly (readonly [name: string, value: string | undefined])[];
	readonly operands: string[];

	constructor(given: [string, string | undefined][], operands: string[]) {
		this.given = given;
		this.operands = operands;
	}

	has(...names: string[]): boolean {
		return this.given.some(([name]) => names.includes(name));
	}

	/** The last value given. */
	value(name: string): string | undefined {
		return this.given.findLast(([known]) => known === name)?.[1];
	}

	values(name: string): string[] {
		return this.given.flatMap(([known, value]) => (known === name && value !== undefined ? [value] : []));
	}

	/** The last one given of several that exclude each other. */
	last(...names: string[]): string | undefined {
		return this.given.findLast(([name]) => names.includes(name))?.[0];
	}
}

interface LongOption {
	name: string;
	target: string;
	takes: 'no' | 'yes' | 'maybe';
}

function longOptions(spec: OptionSpec): LongOption[] {
	return Object.entries(spec.long ?? {}).map(([name, target]) => {
		const takes = name.endsWith('=?') ? 'maybe' : name.endsWith('=') ? 'yes' : 'no';
		return { name: name.replace(/=\??$/, ''), target, takes };
	});
}

/** How a letter takes a value; undefined for a letter that there is not. */
function shortTakes(spec: OptionSpec, letter: string): LongOption['takes'] | undefined {
	const at = letter === ':' ? -1 : (spec.short ?? '').indexOf(letter);
	if (at < 0) return undefined;
	const after = (spec.short ?? '').slice(at + 1);
	return after.startsWith('::') ? 'maybe' : after.startsWith(':') ? 'yes' : 'no';
}

/** Throws OptionError in getopt's words. */
export function parseOptions(args: readonly string[], spec: OptionSpec, flavour: Flavour): Options {
	const given: [string, string | undefined][] = [];
	const operands: string[] = [];
	const long = longOptions(spec);
	for (let at = 0; at < args.length; at++) {
		const arg = args[at];
		if (arg === '--') {
			operands.push(...args.slice(at + 1));
			break;
		}
		if (arg === '-' || !arg.startsWith('-')) {
			if (spec.ordered) {
				operands.push(...args.slice(at));
				break;
			}
			operands.push(arg);
		} else if (arg.startsWith('--')) {
			const [name, ...rest] = arg.slice(2).split('=');
			const attached = rest.length > 0 ? rest.join('=') : undefined;
			const exact = long.find((option) => option.name === name);
			const matching = exact ? [exact] : long.filter((option) => option.name.startsWith(name));
			if (matching.length === 0) throw new OptionError(`unrecognized option '--${name}'`);
			if (new Set(matching.map(({ target }) => target)).size > 1)
				throw new OptionError(
					`option '--${name}' is ambiguous; possibilities:${matching.map((option) => ` '--${option.name}'`).join('')}`,
				);
			const option = matching[0];
			if (attached !== undefined && option.takes === 'no')
				throw new OptionError(`option '--${option.name}' doesn't allow an argument`);
			let value = attached;
			if (value === undefined && option.takes === 'yes') {
				value = args[++at];
				if (value === undefined) throw new OptionError(`option '--${option.name}' requires an argument`);
			}
			given.push([option.target, value]);
		} else {
			for (let i = 1; i < arg.length; i++) {
				const letter = arg[i];
				const takes = shortTakes(spec, letter);
				if (!takes)
					throw new OptionError(
						flavour === 'musl' ? `unrecognized option: ${letter}` : `invalid option -- '${letter}'`,
					);
				if (takes === 'no') {
					given.push([letter, undefined]);
					continue;
				}
				let value: string | undefined = arg.slice(i + 1) || undefined;
				if (value === undefined && takes === 'yes') {
					value = args[++at];
					if (value === undefined)
						throw new OptionError(
							flavour === 'musl'
								? `option requires an argument: ${letter}`
								: `option requires an argument -- '${letter}'`,
						);
				}
				given.push([letter, value]);
				break;
			}
		}
	}
	return new Options(given, operands);
}
