// Who writes, as managedFields name it (ValidateFieldManager of k8s.io/apimachinery).
import { type FieldError, invalidValue, tooLong } from '../field-errors.ts';

export const longestFieldManager = 128;
const longestSubresource = 256;

const encoder = new TextEncoder();

export function validateFieldManager(manager: string, field: string): FieldError[] {
	const errors: FieldError[] = [];
	if (encoder.encode(manager).length > longestFieldManager) errors.push(tooLong(field, longestFieldManager));
	if (/[\p{C}\p{Zl}\p{Zp}]/u.test(manager))
		errors.push(invalidValue(field, manager, 'should only contain printable characters'));
	return errors;
}

/** Of entries that a client gives: what cannot be read in them is not taken over at all, and so not looked at. */
export const validateManagedFields = (
	entries: readonly { manager?: string; subresource?: string }[],
	field: string,
): FieldError[] =>
	entries.flatMap(({ manager = '', subresource = '' }, index) => [
		...validateFieldManager(manager, `${field}[${index}].manager`),
		...(subresource.length > longestSubresource
			? [tooLong(`${field}[${index}].subresource`, longestSubresource)]
			: []),
	]);
