// Every function that Kubernetes adds to the Common Expression Language.
import type { Environment, Optional } from '@marcbachmann/cel-js';
import { addressFunctions } from './addresses.ts';
import { authorizerFunctions } from './authorizer.ts';
import { formatFunctions } from './formats.ts';
import { listFunctions } from './lists.ts';
import { registerOptionals } from './optionals.ts';
import { quantityFunctions } from './quantities.ts';
import { regularExpressionFunctions } from './regular-expressions.ts';
import { semanticVersionFunctions } from './semantic-versions.ts';
import { setFunctions } from './sets.ts';
import { registerTextFormat } from './text-format.ts';
import { textFunctions } from './texts.ts';
import { registerTwoVariableMacros } from './two-variable-macros.ts';
import { urlFunctions } from './urls.ts';

/** A library of functions: its types, its functions by their signatures, and what its names begin with. */
export interface FunctionLibrary {
	/** By the type's name, whose values are the class's; those of equal types are equal by `equals`. */
	types?: Readonly<Record<string, TypeOfValues>>;
	/** As `ip` in `ip.isCanonical`: a class of its own, by the name. */
	namespaces?: Readonly<Record<string, new () => object>>;
	functions(optional: typeof Optional): Readonly<Record<string, (...values: never[]) => unknown>>;
}

interface TypeOfValues {
	values: new (...parts: never[]) => object;
	equals(a: never, b: never): boolean;
	/** What can be selected of a value, by its type; nothing unless told. */
	fields?: Readonly<Record<string, string>>;
}

const libraries: readonly FunctionLibrary[] = [
	textFunctions,
	regularExpressionFunctions,
	listFunctions,
	setFunctions,
	quantityFunctions,
	addressFunctions,
	urlFunctions,
	formatFunctions,
	semanticVersionFunctions,
	authorizerFunctions,
];

/** The signature with every type that depends on another as any type. */
const anyTyped = (signature: string) => signature.replace(/\bT\b/g, 'dyn');

/** The environment with the functions; without `typed` those that give what they are given give any type. */
export function registerFunctions(
	environment: Environment,
	optional: typeof Optional,
	typed: boolean,
): Environment {
	for (const { types = {}, namespaces = {}, functions } of libraries) {
		for (const [name, { values, equals, fields = {} }] of Object.entries(types))
			environment
				.registerType(name, { ctor: values, fields: { ...fields } })
				.registerOperator(`${name} == ${name}`, equals as (a: unknown, b: unknown) => boolean);
		for (const [name, Namespace] of Object.entries(namespaces))
			environment
				.registerType(Namespace.name, Namespace)
				.registerConstant(name, Namespace.name, new Namespace());
		for (const [signature, implementation] of Object.entries(functions(optional)))
			environment.registerFunction(
				typed ? signature : anyTyped(signature),
				implementation as (...values: unknown[]) => unknown,
			);
	}
	registerTextFormat(environment);
	registerOptionals(environment, optional);
	registerTwoVariableMacros(environment);
	return environment;
}
