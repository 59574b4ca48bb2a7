// x-kubernetes-validations: what a schema's rules in the Common Expression Language say of an object, with the texts
// of apiextensions-apiserver
// (https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules).
// Of Kubernetes' own function libraries those with types of their own (quantities, addresses, URLs …) are not there.
import { isObject, type JsonObject } from '../../json-object.ts';
import { type FieldError, forbiddenField, invalidValue, required } from '../field-errors.ts';
import { linearMatch, usesMissingFunction, withFunctions } from './rule-functions.ts';
import { type Rule, type Schema, schemasWithin } from './schema.ts';

type Cel = typeof import('@marcbachmann/cel-js');
type Program = (variables: Record<string, unknown>) => unknown;

/** The expression with its calls of `matches` turned to ours; what is quoted stays as it is. */
const withLinearMatch = (expression: string) =>
	expression.replace(
		/("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|\bmatches(?=\s*\()/g,
		(found: string, quoted: string | undefined) => quoted ?? (found && linearMatch),
	);

interface Evaluator {
	/** `optionalOld`: oldSelf is there, or it is not. Throws where the expression cannot be read. */
	program(expression: string, optionalOld?: boolean): Program;
	optional: Cel['Optional'];
}

let cel: Evaluator | undefined;

/** Before rules can be evaluated, loadRules has to have been awaited. */
export const rulesAreLoaded = (): boolean => cel !== undefined;

/** Loads what evaluates rules, which only clusters with rules need. */
export async function loadRules(): Promise<void> {
	const { Environment, Optional: optional }: Cel = await import('@marcbachmann/cel-js');
	const withOld = (type: string) =>
		withFunctions(
			new Environment({ enableOptionalTypes: true })
				.registerVariable('self', 'dyn')
				.registerVariable('oldSelf', type),
		);
	const environments = [withOld('dyn'), withOld('optional<dyn>')];
	const programs = environments.map(() => new Map<string, Program>());
	cel ??= {
		optional,
		program(expression, optionalOld = false) {
			const which = Number(optionalOld);
			const known = programs[which].get(expression);
			if (known) return known;
			if (programs[which].size > 1000) programs[which].clear();
			const program = environments[which].parse(withLinearMatch(expression)) as Program;
			programs[which].set(expression, program);
			return program;
		},
	};
}

const rulesOf = (schema: Schema): readonly Rule[] => schema['x-kubernetes-validations'] ?? [];

export const hasRules = (schema: Schema): boolean =>
	[...schemasWithin(schema)].some((each) => rulesOf(each).length > 0);

/** Whether a rule uses a function that is not there; it is not evaluated then. */
export const isBeyondUs = ({ rule }: Rule): boolean => usesMissingFunction(rule);

const keywords =
	/^(?:true|false|null|in|as|break|const|continue|else|for|function|if|import|let|loop|package|namespace|return|var|void|while)$/;
const escapes: Readonly<Record<string, string>> = {
	__: '__underscores__',
	'.': '__dot__',
	'-': '__dash__',
	'/': '__slash__',
};

/** How a property is called in rules. */
const identifier = (name: string): string =>
	keywords.test(name) ? `__${name}__` : name.replace(/__|[./-]/g, (part) => escapes[part]);

/** A value as rules see it: integers apart from other numbers, and times as times. */
function celValue(value: unknown, schema: Schema | undefined): unknown {
	if (typeof value === 'number')
		return Number.isInteger(value) && schema?.type !== 'number' ? BigInt(value) : value;
	if (typeof value === 'string') return schema?.format === 'date-time' ? new Date(value) : value;
	if (Array.isArray(value)) return value.map((element) => celValue(element, schema?.items));
	if (!isObject(value)) return value;
	const { properties, additionalProperties: additional } = schema ?? {};
	return Object.fromEntries(
		Object.entries(value).map(([name, part]) =>
			isObject(additional)
				? [name, celValue(part, additional as Schema)]
				: [identifier(name), celValue(part, properties?.[name])],
		),
	);
}

/** Faults of an object by its schema's rules; `old` is undefined where it is created. */
export function validateRules(object: JsonObject, old: JsonObject | undefined, schema: Schema): FieldError[] {
	if (!cel) throw new Error('the rules of a custom resource are evaluated before they have been loaded');
	return validate(seen(object), old && seen(old), schema, '');
}

/** Of the metadata rules see the name alone. */
function seen(object: JsonObject): JsonObject {
	const { name, generateName } = (object.metadata ?? {}) as JsonObject;
	return {
		...object,
		metadata: { ...(name !== undefined && { name }), ...(generateName !== undefined && { generateName }) },
	};
}

function validate(value: unknown, old: unknown, schema: Schema, path: string): FieldError[] {
	if (value === null || value === undefined) return [];
	const errors = rulesOf(schema).flatMap((rule) => evaluate(rule, value, old, schema, path));
	const at = (name: string) => (path ? `${path}.${name}` : name);
	if (Array.isArray(value) && schema.items) {
		const { items } = schema;
		const before = correlated(Array.isArray(old) ? old : [], schema);
		for (const [index, element] of value.entries())
			errors.push(...validate(element, before(element), items, `${path}[${index}]`));
	} else if (isObject(value)) {
		const { properties = {}, additionalProperties: additional } = schema;
		for (const [name, part] of Object.entries(value)) {
			const before = isObject(old) ? old[name] : undefined;
			if (Object.hasOwn(properties, name)) errors.push(...validate(part, before, properties[name], at(name)));
			else if (isObject(additional))
				errors.push(...validate(part, before, additional as Schema, `${path}[${name}]`));
		}
	}
	return errors;
}

/** Which element of a list was one before: only those of a list that is a map can be told. */
function correlated(old: readonly unknown[], schema: Schema): (element: unknown) => unknown {
	const keys = schema['x-kubernetes-list-map-keys'] ?? [];
	if (schema['x-kubernetes-list-type'] !== 'map' || keys.length === 0) return () => undefined;
	const identity = (element: unknown) =>
		JSON.stringify(keys.map((key) => (isObject(element) ? element[key] : undefined)));
	const known = new Map(old.map((element) => [identity(element), element]));
	return (element) => known.get(identity(element));
}

/** A rule that looks at what was before says nothing of what was not. */
const isTransition = ({ rule }: Rule) => /\boldSelf\b/.test(rule);

function evaluate(rule: Rule, value: unknown, old: unknown, schema: Schema, path: string): FieldError[] {
	if (!cel || isBeyondUs(rule)) return [];
	if (isTransition(rule) && old === undefined && !rule.optionalOldSelf) return [];
	const before = celValue(old, schema);
	const { optional } = cel;
	const maybe = () => (old === undefined ? optional.none() : optional.of(before));
	const variables = { self: celValue(value, schema), oldSelf: rule.optionalOldSelf ? maybe() : before };
	const place = path || '<nil>';
	const shown = schema.type ?? '';
	let result: unknown;
	try {
		result = cel.program(rule.rule, rule.optionalOldSelf)(variables);
	} catch (error) {
		const reason = (error as Error).message
			.split('\n')[0]
			.replace(/^[A-Z]/, (letter) => letter.toLowerCase());
		const asked = rule.message?.trim() || rule.rule;
		const detail = /^no such overload|^found no matching overload/.test(reason)
			? `'${reason}': call arguments did not match a supported operator, function or macro signature for rule: ${asked}`
			: `${reason} evaluating rule: ${asked}`;
		return [invalidValue(place, shown, detail)];
	}
	if (result === true) return [];
	const field = rule.fieldPath ? `${path}${rule.fieldPath}`.replace(/^\./, '') : place;
	const detail = messageOf(rule, variables);
	switch (rule.reason) {
		case 'FieldValueRequired':
			return [required(field, detail)];
		case 'FieldValueForbidden':
			return [forbiddenField(field, detail)];
		case 'FieldValueDuplicate':
			return [{ reason: 'FieldValueDuplicate', field, value: shown, detail: '' }];
		default:
			return [invalidValue(field, shown, detail)];
	}
}

function messageOf(rule: Rule, variables: Record<string, unknown>): string {
	if (rule.messageExpression)
		try {
			const message = cel?.program(rule.messageExpression, rule.optionalOldSelf)(variables);
			if (typeof message === 'string' && message.trim() && !message.includes('\n')) return message.trim();
		} catch {
			// As in a cluster: what cannot be said so is said otherwise.
		}
	return rule.message?.trim() || `failed rule: ${rule.rule.trim()}`;
}
