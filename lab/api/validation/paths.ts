// Paths within volumes and on nodes.
import { type FieldError, invalidValue } from '../field-errors.ts';

/** A path that does not go up. */
export const validateNoBacksteps = (path: string, field: string): FieldError[] =>
	path.split('/').includes('..') ? [invalidValue(field, path, "must not contain '..'")] : [];

/** A relative path that does not lead out of where it starts. */
export function validateDescendingPath(path: string, field: string): FieldError[] {
	const absolute = path.startsWith('/') ? [invalidValue(field, path, 'must be a relative path')] : [];
	return [...absolute, ...validateNoBacksteps(path, field)];
}

/** The path of a file in a volume that the kubelet writes, which keeps names that start with `..` for itself. */
export function validateFilePath(path: string, field: string): FieldError[] {
	const errors = validateDescendingPath(path, field);
	if (path.startsWith('..') && !path.startsWith('../'))
		errors.push(invalidValue(field, path, "must not start with '..'"));
	return errors;
}
