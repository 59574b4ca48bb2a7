// Fields that are a number or a percentage, as `maxSurge: 25%` (k8s.io/kubernetes/pkg/apis/apps/validation).
import type { IntOrString } from '../../schema/types.ts';
import { type FieldError, invalidValue } from '../field-errors.ts';
import { notNegative } from './metadata.ts';
import { percent } from './names.ts';

/** The number itself, or the percentage's number; 0 where it is neither. */
export function intOrPercentValue(value: IntOrString | undefined): number {
	if (typeof value !== 'string') return value ?? 0;
	return percent(value).length === 0 ? Number.parseInt(value, 10) : 0;
}

/** A number of at least 0, or a percentage. */
export function validateIntOrPercent(value: IntOrString, field: string): FieldError[] {
	if (typeof value === 'string') return percent(value).map((fault) => invalidValue(field, value, fault));
	return value < 0 ? [invalidValue(field, value, notNegative)] : [];
}

export const validateAtMost100Percent = (value: IntOrString, field: string): FieldError[] =>
	typeof value === 'string' && intOrPercentValue(value) > 100
		? [invalidValue(field, value, 'must not be greater than 100%')]
		: [];
