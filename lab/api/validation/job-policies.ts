// A Job's rules for failed pods and for early success (k8s.io/kubernetes/pkg/apis/batch/validation).
import type {
	JobSpec,
	PodFailurePolicyOnExitCodesRequirement,
	PodFailurePolicyOnPodConditionsPattern,
	PodFailurePolicyRule,
	SuccessPolicyRule,
} from '../../schema/types.ts';
import {
	duplicate,
	type FieldError,
	invalidValue,
	notSupported,
	omitted,
	required,
	tooLong,
	tooMany,
} from '../field-errors.ts';
import { JobIndexesError, parseJobIndexes } from './job-indexes.ts';
import { validateNotNegative } from './metadata.ts';
import { qualifiedName } from './names.ts';

const mostRules = 20;
const mostExitCodes = 255;
const longestIndexes = 64 * 1024;

const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const operators = ['In', 'NotIn'];
const statuses = ['False', 'True', 'Unknown'];

const validValues = (values: readonly string[]) =>
	`valid values: [${values.map((each) => `"${each}"`).join(' ')}]`;

const validateOneOf = (value: string | undefined, values: readonly string[], field: string): FieldError[] => {
	if (!value) return [required(field, validValues(values))];
	return values.includes(value) ? [] : [notSupported(field, value, values)];
};

export function validatePodFailurePolicy(spec: JobSpec, field: string): FieldError[] {
	const rules = spec.podFailurePolicy?.rules ?? [];
	const errors = rules.length > mostRules ? [tooMany(field, rules.length, mostRules)] : [];
	return [
		...errors,
		...rules.flatMap((rule, index) => validateFailureRule(spec, rule, `${field}[${index}]`)),
	];
}

function validateFailureRule(spec: JobSpec, rule: PodFailurePolicyRule, field: string): FieldError[] {
	const { action, onExitCodes, onPodConditions = [] } = rule;
	const errors = validateOneOf(action, actions, `${field}.action`);
	if (action === 'FailIndex' && spec.backoffLimitPerIndex === undefined)
		errors.push(invalidValue(`${field}.action`, action, 'requires the backoffLimitPerIndex to be set'));
	if (onExitCodes) errors.push(...validateExitCodes(spec, onExitCodes, `${field}.onExitCodes`));
	if (onPodConditions.length > 0)
		errors.push(...validateConditions(onPodConditions, `${field}.onPodConditions`));
	if (onExitCodes && onPodConditions.length > 0)
		errors.push(
			invalidValue(field, omitted, 'specifying both OnExitCodes and OnPodConditions is not supported'),
		);
	if (!onExitCodes && onPodConditions.length === 0)
		errors.push(
			invalidValue(field, omitted, 'specifying one of OnExitCodes and OnPodConditions is required'),
		);
	return errors;
}

function validateConditions(
	patterns: readonly PodFailurePolicyOnPodConditionsPattern[],
	field: string,
): FieldError[] {
	const errors = patterns.length > mostRules ? [tooMany(field, patterns.length, mostRules)] : [];
	for (const [index, { type, status }] of patterns.entries()) {
		errors.push(...qualifiedName(type).map((fault) => invalidValue(`${field}[${index}].type`, type, fault)));
		errors.push(...validateOneOf(status, statuses, `${field}[${index}].status`));
	}
	return errors;
}

function validateExitCodes(
	{ template }: JobSpec,
	{ operator, containerName, values = [] }: PodFailurePolicyOnExitCodesRequirement,
	field: string,
): FieldError[] {
	const errors = validateOneOf(operator, operators, `${field}.operator`);
	const { containers = [], initContainers = [] } = template.spec ?? {};
	const known = [...containers, ...initContainers].some(({ name }) => name === containerName);
	if (containerName !== undefined && !known)
		errors.push(
			invalidValue(
				`${field}.containerName`,
				containerName,
				'must be one of the container or initContainer names in the pod template',
			),
		);
	if (values.length === 0)
		errors.push(invalidValue(`${field}.values`, values, 'at least one value is required'));
	else if (values.length > mostExitCodes)
		errors.push(tooMany(`${field}.values`, values.length, mostExitCodes));
	for (const [index, value] of values.entries()) {
		const at = `${field}.values[${index}]`;
		if (operator === 'In' && value === 0)
			errors.push(invalidValue(at, value, 'must not be 0 for the In operator'));
		if (values.indexOf(value) < index) errors.push(duplicate(at, value));
	}
	if (values.some((value, index) => index > 0 && values[index - 1] > value))
		errors.push(invalidValue(`${field}.values`, values, 'must be ordered'));
	return errors;
}

export function validateSuccessPolicy(spec: JobSpec, field: string): FieldError[] {
	const rules = spec.successPolicy?.rules ?? [];
	const errors: FieldError[] = [];
	if (rules.length === 0)
		errors.push(required(field, 'at least one rules must be specified when the successPolicy is specified'));
	if (rules.length > mostRules) errors.push(tooMany(field, rules.length, mostRules));
	return [
		...errors,
		...rules.flatMap((rule, index) => validateSuccessRule(rule, spec.completions ?? 0, `${field}[${index}]`)),
	];
}

function validateSuccessRule(
	{ succeededCount, succeededIndexes }: SuccessPolicyRule,
	completions: number,
	field: string,
): FieldError[] {
	const errors: FieldError[] = [];
	if (succeededCount === undefined && succeededIndexes === undefined)
		errors.push(required(field, 'at least one of succeededCount or succeededIndexes must be specified'));
	let indexes = 0;
	if (succeededIndexes !== undefined) {
		const at = `${field}.succeededIndexes`;
		if (succeededIndexes.length > longestIndexes) errors.push(tooLong(at, longestIndexes));
		try {
			indexes = parseJobIndexes(succeededIndexes, completions).length;
		} catch (error) {
			if (!(error instanceof JobIndexesError)) throw error;
			errors.push(invalidValue(at, succeededIndexes, `error parsing succeededIndexes: ${error.message}`));
		}
	}
	if (succeededCount === undefined) return errors;
	const at = `${field}.succeededCount`;
	errors.push(...validateNotNegative(succeededCount, at));
	const limit = (most: number, what: string) =>
		`must be less than or equal to ${most} (the number of ${what})`;
	if (succeededCount > completions)
		errors.push(invalidValue(at, succeededCount, limit(completions, 'specified completions')));
	if (succeededIndexes !== undefined && succeededCount > indexes)
		errors.push(
			invalidValue(at, succeededCount, limit(indexes, 'indexes in the specified succeededIndexes field')),
		);
	return errors;
}
