// The Common Expression Language as Kubernetes has it (kubernetes.io/docs/reference/using-api/cel): what an expression
// is checked against when it is written down, and how it is evaluated later.
import type { Environment, Optional } from '@marcbachmann/cel-js';
import { describeCompileError, type ExpressionError, typeName } from './compile-error.ts';
import { registerFunctions } from './functions/functions.ts';
import { linearMatch } from './functions/regular-expressions.ts';
import { checkPresenceTests } from './presence-tests.ts';

type Cel = typeof import('@marcbachmann/cel-js');
export type Variables = Record<string, unknown>;
export type Program = (variables: Variables) => unknown;

/** The names that an expression may use, each with its type; and the objects among those types, by their fields. */
export interface Declarations {
	variables: Readonly<Record<string, string>>;
	objects?: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

interface Loaded {
	base: Environment;
	optional: Cel['Optional'];
	functions: ReadonlySet<string>;
	/** The same with functions that give values of any type, for expressions whose variables may have any. */
	untyped: Environment;
	/** Made of that, by their variables: expressions are evaluated in these. */
	evaluating: Map<string, Environment>;
	programs: Map<string, Program>;
}

let loaded: Loaded | undefined;

/** Before expressions can be compiled or evaluated, loadExpressions has to have been awaited. */
export const expressionsAreLoaded = (): boolean => loaded !== undefined;

/** Loads what evaluates expressions, which only clusters with expressions need. */
export async function loadExpressions(): Promise<void> {
	const cel: Cel = await import('@marcbachmann/cel-js');
	if (loaded) return;
	const environment = (typed: boolean) =>
		registerFunctions(new cel.Environment({ enableOptionalTypes: true }), cel.Optional, typed);
	const base = environment(true);
	const functions = new Set(base.getDefinitions().functions.map(({ name }) => name));
	loaded = {
		base,
		optional: cel.Optional,
		functions,
		untyped: environment(false),
		evaluating: new Map(),
		programs: new Map(),
	};
}

function library(): Loaded {
	if (!loaded) throw new Error('an expression is looked at before what evaluates it has been loaded');
	return loaded;
}

/** An environment in which expressions are checked by the types that are declared. */
export function typedEnvironment({ variables, objects = new Map() }: Declarations): Environment {
	const environment = library().base.clone();
	// No value is ever of these classes: nothing is evaluated here. Types with classes may refer to later ones.
	for (const [name, fields] of objects)
		environment.registerType(name, { ctor: class {}, fields: { ...fields } });
	for (const name of objects.keys())
		environment
			.registerOperator(`${name} == ${name}`, () => true)
			.registerOperator(`${name} == null`, () => true);
	for (const [name, type] of Object.entries(variables)) environment.registerVariable(name, type);
	return environment;
}

/** What an expression gives, as cel-go names the type, or why it cannot be compiled. */
export type Compiled = { type: string; fault?: undefined } | { fault: string; type?: undefined };

export function compile(expression: string, environment: Environment): Compiled {
	const { functions } = library();
	let error: ExpressionError;
	try {
		const program = environment.parse(expression);
		checkPresenceTests(program.ast);
		const checked = program.check();
		if (checked.valid) return { type: typeName(checked.type ?? 'dyn') };
		error = checked.error as ExpressionError;
	} catch (thrown) {
		error = thrown as ExpressionError;
	}
	return { fault: describeCompileError(expression, error, (name) => functions.has(name)) };
}

/** The expression with its calls of `matches` turned to ours; what is quoted stays as it is. */
const withLinearMatch = (expression: string) =>
	expression.replace(
		/("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|\bmatches(?=\s*\()/g,
		(_, quoted: string | undefined) => quoted ?? linearMatch,
	);

/**
 * What evaluates the expression. Of its variables only those have a type that are optional: `optional<dyn>`; the rest,
 * `dyn`, is told by their values. Throws where it cannot be read.
 */
export function program(expression: string, variables: Readonly<Record<string, string>>): Program {
	const { untyped, evaluating, programs } = library();
	const names = JSON.stringify(variables);
	const key = `${names}${expression}`;
	const known = programs.get(key);
	if (known) return known;
	let environment = evaluating.get(names);
	if (!environment) {
		environment = untyped.clone();
		for (const [name, type] of Object.entries(variables)) environment.registerVariable(name, type);
		evaluating.set(names, environment);
	}
	if (programs.size > 1000) programs.clear();
	const made = environment.parse(withLinearMatch(expression)) as Program;
	programs.set(key, made);
	return made;
}

/** A value that may not be there. */
export function optional(value: unknown): Optional {
	const { optional: maker } = library();
	return value === undefined ? maker.none() : maker.of(value);
}

/** A duration as `1h30m`, as expressions hold it. */
export const duration = (text: string): unknown => program('duration(text)', { text: 'dyn' })({ text });

/** Whether an expression uses a variable. */
export const mentions = (expression: string, variable: string): boolean =>
	new RegExp(`(?<![\\w.])${variable}\\b`).test(
		expression.replace(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g, ''),
	);

/** What went wrong in an evaluation, in one line and as cel-go begins it: in lower case. */
export const evaluationFault = (error: unknown): string =>
	(error as Error).message.split('\n')[0].replace(/^[A-Z]/, (letter) => letter.toLowerCase());
