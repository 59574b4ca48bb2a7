// What the names of a jq program stand for.
import type { Definition, Json } from './syntax.ts';

/** A definition with what its names stand for. */
export interface Closure {
	definition: Definition;
	environment: Environment;
}

/** What names stand for; an inner one hides the outer ones. */
export interface Environment {
	readonly outer?: Environment;
	readonly variables?: ReadonlyMap<string, Json>;
	/** By `name/number of arguments`. */
	readonly functions?: ReadonlyMap<string, Closure>;
}

/** The environment in which a definition is known, to itself as well. */
export function define(definition: Definition, outer: Environment): Environment {
	const functions = new Map<string, Closure>();
	const environment = { outer, functions };
	functions.set(`${definition.name}/${definition.parameters.length}`, { definition, environment });
	return environment;
}

/** The innermost of what is found. */
export const lookUp = <T>(
	environment: Environment | undefined,
	find: (each: Environment) => T | undefined,
) => {
	for (let each = environment; each; each = each.outer) {
		const found = find(each);
		if (found !== undefined) return found;
	}
	return undefined;
};
