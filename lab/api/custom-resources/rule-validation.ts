// Which rules a CustomResourceDefinition may have: those that say what they must, and can be compiled with the types of
// their schema (apiextensions-apiserver's validation of x-kubernetes-validations). What they cost is not reckoned.
import { isObject } from '../../json-object.ts';
import { type Compiled, compile, mentions, typedEnvironment } from '../expressions/environment.ts';
import { type FieldError, invalidValue, notSupported, required } from '../field-errors.ts';
import { declarationsOf } from './rule-types.ts';
import type { Rule, Schema } from './schema.ts';

const reasons = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];
const hasLineBreaks = (text: string) => /[\r\n]/.test(text);

const placeOf = (field: string, index: number) => `${field}.x-kubernetes-validations[${index}]`;

/** What a schema's own rules lack in form. */
export function validateRuleForms(schema: Schema, field: string): FieldError[] {
	return (schema['x-kubernetes-validations'] ?? []).flatMap((each, index) =>
		validateForm(each, schema, placeOf(field, index)),
	);
}

function validateForm(each: Rule, schema: Schema, at: string): FieldError[] {
	const { rule = '', message = '', messageExpression = '', reason, fieldPath = '' } = each;
	const errors: FieldError[] = [];
	if (!rule.trim()) errors.push(required(`${at}.rule`, 'rule is not specified'));
	else if (message && !message.trim())
		errors.push(invalidValue(`${at}.message`, message, 'must be non-empty if specified'));
	else if (hasLineBreaks(message.trim()))
		errors.push(invalidValue(`${at}.message`, message, 'must not contain line breaks'));
	else if (hasLineBreaks(rule.trim()) && !message.trim())
		errors.push(required(`${at}.message`, 'message must be specified if rule contains line breaks'));
	if (messageExpression && !messageExpression.trim())
		errors.push(required(`${at}.messageExpression`, 'messageExpression must be non-empty if specified'));
	if (reason !== undefined && !reasons.includes(reason))
		errors.push(notSupported(`${at}.reason`, reason, reasons));
	if (fieldPath && !fieldPath.trim())
		errors.push(invalidValue(`${at}.fieldPath`, fieldPath, 'must be non-empty if specified'));
	if (hasLineBreaks(fieldPath))
		errors.push(invalidValue(`${at}.fieldPath`, fieldPath, 'must not contain line breaks'));
	if (fieldPath && !leadsToField(schema, fieldPath))
		errors.push(invalidValue(`${at}.fieldPath`, fieldPath, 'must be a valid path'));
	return errors;
}

/** Whether a path as `.spec['a.b']` leads from the schema to a field of it. */
function leadsToField(schema: Schema, path: string): boolean {
	const steps = /^(?:\.[^.[\]]+|\['(?:\\.|[^'\\])*'\])+$/.test(path)
		? [...path.matchAll(/\.([^.[\]]+)|\['((?:\\.|[^'\\])*)'\]/g)]
		: [];
	let at: Schema | undefined = schema;
	for (const [, name, quoted] of steps) {
		const { properties, additionalProperties }: Schema = at;
		const step = name ?? quoted.replace(/\\(.)/g, '$1');
		if (properties) at = Object.hasOwn(properties, step) ? properties[step] : undefined;
		else at = isObject(additionalProperties) ? (additionalProperties as Schema) : undefined;
		if (!at) return false;
	}
	return steps.length > 0;
}

/** As the server shows a rule: its own struct, which has other names. */
const shownRule = ({ rule, message, messageExpression, reason, fieldPath, optionalOldSelf }: Rule) => ({
	Rule: rule,
	Message: message ?? '',
	MessageExpression: messageExpression ?? '',
	Reason: reason ?? null,
	FieldPath: fieldPath ?? '',
	OptionalOldSelf: optionalOldSelf ?? null,
});

/**
 * What keeps the rules of a schema, and of all within it, from being compiled. `uncorrelatable`: the place above from
 * which on nobody can tell what a value was before.
 */
export function validateRuleExpressions(
	schema: Schema,
	field: string,
	isRoot = true,
	uncorrelatable?: string,
): FieldError[] {
	const errors = compileRules(schema, field, isRoot, uncorrelatable);
	const inner = (each: unknown, at: string, lost = uncorrelatable) => {
		if (!isObject(each)) return;
		const child = each as Schema;
		const embedded = child['x-kubernetes-embedded-resource'] ?? false;
		errors.push(...validateRuleExpressions(child, at, embedded, lost));
	};
	const atomic = schema['x-kubernetes-map-type'] === 'atomic' ? (uncorrelatable ?? field) : uncorrelatable;
	for (const [name, each] of Object.entries(schema.properties ?? {}))
		inner(each, `${field}.properties[${name}]`, atomic);
	inner(schema.additionalProperties, `${field}.additionalProperties`, atomic);
	const listed = schema['x-kubernetes-list-type'] === 'map' ? uncorrelatable : (uncorrelatable ?? field);
	inner(schema.items, `${field}.items`, listed);
	return errors;
}

function compileRules(
	schema: Schema,
	field: string,
	isRoot: boolean,
	uncorrelatable: string | undefined,
): FieldError[] {
	const rules = schema['x-kubernetes-validations'] ?? [];
	if (rules.length === 0) return [];
	const environments = [false, true].map((optionalOldSelf) =>
		rules.some((rule) => Boolean(rule.optionalOldSelf) === optionalOldSelf)
			? typedEnvironment(declarationsOf(schema, isRoot, optionalOldSelf))
			: undefined,
	);
	return rules.flatMap((rule, index) => {
		const environment = environments[Number(rule.optionalOldSelf ?? false)];
		const compiled = (expression: string): Compiled =>
			environment ? compile(expression, environment) : { type: 'dyn' };
		const at = placeOf(field, index);
		const errors: FieldError[] = [];
		const { fault, type } = compiled(rule.rule);
		const refusal = fault ? `compilation failed: ${fault}` : type !== 'bool' && notBool;
		if (refusal) return [invalidValue(`${at}.rule`, shownRule(rule), refusal)];
		if (rule.messageExpression) {
			const message = compiled(rule.messageExpression);
			const why = message.fault
				? `messageExpression compilation failed: ${message.fault}`
				: message.type !== 'string' && 'messageExpression must evaluate to a string';
			if (why) errors.push(invalidValue(`${at}.messageExpression`, shownRule(rule), why));
		}
		if (!mentions(rule.rule, 'oldSelf')) {
			if (rule.optionalOldSelf !== undefined)
				errors.push(
					invalidValue(
						`${at}.optionalOldSelf`,
						rule.optionalOldSelf,
						'may not be set if oldSelf is not used in rule',
					),
				);
		} else if (uncorrelatable)
			errors.push(
				invalidValue(
					`${at}.rule`,
					rule.rule,
					`oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelatable}`,
				),
			);
		return errors;
	});
}

const notBool = 'cel expression must evaluate to a bool';
