// What a ValidatingAdmissionPolicy may be; its expressions are compiled (pkg/apis/admissionregistration/validation).
import type {
	AuditAnnotation,
	MatchCondition,
	ValidatingAdmissionPolicy,
	Validation,
	Variable,
} from '../../schema/types.ts';
import { type Available, declarationsFor } from '../admission/admission-policy/variables.ts';
import { compile, typedEnvironment } from '../expressions/environment.ts';
import { duplicate, type FieldError, invalidValue, notSupported, required } from '../field-errors.ts';
import { setMatchDefaults, validateMatchResources, validateParamKind } from './match-resources.ts';
import { qualifiedName } from './names.ts';

const reasons = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'];
const reserved =
	/^(?:true|false|null|in|as|break|const|continue|else|for|function|if|import|let|loop|package|namespace|return|var|void|while)$/;
const hasLineBreaks = (text: string) => /[\r\n]/.test(text);

export function setPolicyDefaults({ spec }: ValidatingAdmissionPolicy): void {
	if (!spec) return;
	spec.failurePolicy ??= 'Fail';
	setMatchDefaults(spec.matchConstraints);
}

export function validatePolicy({ metadata, spec = {} }: ValidatingAdmissionPolicy): FieldError[] {
	const { failurePolicy = '', paramKind, matchConstraints, validations = [], auditAnnotations = [] } = spec;
	const errors: FieldError[] = [];
	if (!['Fail', 'Ignore'].includes(failurePolicy))
		errors.push(notSupported('spec.failurePolicy', failurePolicy, ['Fail', 'Ignore']));
	if (paramKind) errors.push(...validateParamKind(paramKind, 'spec.paramKind'));
	if (!matchConstraints) errors.push(required('spec.matchConstraints'));
	else {
		errors.push(...validateMatchResources(matchConstraints, 'spec.matchConstraints'));
		if (!matchConstraints.resourceRules?.length) errors.push(required('spec.matchConstraints.resourceRules'));
	}
	const expressions = new Expressions(paramKind !== undefined);
	errors.push(...validateMatchConditions(spec.matchConditions ?? [], expressions));
	(spec.variables ?? []).forEach((variable, index) => {
		errors.push(...validateVariable(variable, expressions, `spec.variables[${index}]`));
	});
	if (validations.length === 0 && auditAnnotations.length === 0) {
		const needed = 'validations or auditAnnotations must contain at least one item';
		errors.push(required('spec.validations', needed), required('spec.auditAnnotations', needed));
	}
	validations.forEach((validation, index) => {
		errors.push(...validateValidation(validation, expressions, `spec.validations[${index}]`));
	});
	const keys = new Set<string>();
	auditAnnotations.forEach((annotation, index) => {
		const at = `spec.auditAnnotations[${index}]`;
		errors.push(...validateAnnotation(annotation, metadata.name, expressions, at));
		if (keys.has(annotation.key)) errors.push(duplicate(`${at}.key`, annotation.key));
		keys.add(annotation.key);
	});
	return errors;
}

/** Compiles a policy's expressions, each with the variables that come before it. */
class Expressions {
	readonly #params: boolean;
	readonly #variables: Record<string, string> = {};

	constructor(params: boolean) {
		this.#params = params;
	}

	#compile(expression: string, available: Partial<Available>) {
		const all = { params: this.#params, authorizer: true, variables: this.#variables, ...available };
		return compile(expression, typedEnvironment(declarationsFor(all)));
	}

	/** `types` are those that it may give. */
	faults(
		expression: string,
		field: string,
		types: readonly string[],
		available: Partial<Available> = {},
	): FieldError[] {
		const { fault, type } = this.#compile(expression, available);
		if (fault !== undefined) return [invalidValue(field, expression, `compilation failed: ${fault}`)];
		if (types.includes(type)) return [];
		const wanted = types.length === 1 ? types[0] : `one of [${types.join(' ')}]`;
		return [invalidValue(field, expression, `must evaluate to ${wanted} but got ${type}`)];
	}

	declare({ name, expression }: Variable, field: string): FieldError[] {
		const { fault } = this.#compile(expression, {});
		this.#variables[name] = 'dyn';
		return fault === undefined ? [] : [invalidValue(field, expression, `compilation failed: ${fault}`)];
	}
}

function validateMatchConditions(
	conditions: readonly MatchCondition[],
	expressions: Expressions,
): FieldError[] {
	const seen = new Set<string>();
	return conditions.flatMap(({ name, expression }, index) => {
		const at = `spec.matchConditions[${index}]`;
		const errors: FieldError[] = [];
		const trimmed = expression?.trim();
		if (!trimmed) errors.push(required(`${at}.expression`));
		else errors.push(...expressions.faults(trimmed, `${at}.expression`, ['bool'], { variables: {} }));
		if (!name) errors.push(required(`${at}.name`));
		else for (const fault of qualifiedName(name)) errors.push(invalidValue(`${at}.name`, name, fault));
		if (name && seen.has(name)) errors.push(duplicate(`${at}.name`, name));
		seen.add(name);
		return errors;
	});
}

function validateVariable(variable: Variable, expressions: Expressions, at: string): FieldError[] {
	const { name = '', expression = '' } = variable;
	const errors: FieldError[] = [];
	const isName = /^[_a-zA-Z][_a-zA-Z0-9]*$/.test(name) && !reserved.test(name);
	if (!name.trim()) errors.push(required(`${at}.name`, 'name is not specified'));
	else if (!isName) errors.push(invalidValue(`${at}.name`, name, 'name is not a valid CEL identifier'));
	if (!expression.trim()) errors.push(required(`${at}.expression`, 'expression is not specified'));
	else if (isName) errors.push(...expressions.declare(variable, `${at}.expression`));
	return errors;
}

function validateValidation(validation: Validation, expressions: Expressions, at: string): FieldError[] {
	const { expression = '', message = '', messageExpression = '', reason } = validation;
	const errors: FieldError[] = [];
	if (!expression.trim()) errors.push(required(`${at}.expression`, 'expression is not specified'));
	else errors.push(...expressions.faults(expression, `${at}.expression`, ['bool']));
	if (messageExpression && !messageExpression.trim())
		errors.push(invalidValue(`${at}.messageExpression`, messageExpression, 'must be non-empty if specified'));
	else if (messageExpression)
		errors.push(
			...expressions.faults(messageExpression, `${at}.messageExpression`, ['string'], { authorizer: false }),
		);
	if (message && !message.trim())
		errors.push(invalidValue(`${at}.message`, message, 'message must be non-empty if specified'));
	else if (hasLineBreaks(message.trim()))
		errors.push(invalidValue(`${at}.message`, message, 'message must not contain line breaks'));
	if (reason !== undefined && !reasons.includes(reason))
		errors.push(notSupported(`${at}.reason`, reason, reasons));
	return errors;
}

function validateAnnotation(
	{ key, valueExpression }: AuditAnnotation,
	policy: string,
	expressions: Expressions,
	at: string,
): FieldError[] {
	const errors = qualifiedName(`${policy}/${key}`).map((fault) =>
		invalidValue(`${at}.key`, `${policy}/${key}`, fault),
	);
	const trimmed = valueExpression?.trim();
	if (!trimmed) errors.push(required(`${at}.valueExpression`, 'valueExpression is not specified'));
	else errors.push(...expressions.faults(trimmed, `${at}.valueExpression`, ['string', 'null']));
	return errors;
}
