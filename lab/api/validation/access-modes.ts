// How a volume may be mounted (kubernetes.io/docs/concepts/storage/persistent-volumes#access-modes).
import { type FieldError, forbiddenField, notSupported } from '../field-errors.ts';

const supported = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

/** What is wrong with each mode, and with all of them together. */
export function validateAccessModes(modes: readonly string[], field: string): FieldError[] {
	const errors = modes
		.filter((mode) => !supported.includes(mode))
		.map((mode) => notSupported(field, mode, supported));
	const others = modes.some((mode) => mode !== 'ReadWriteOncePod' && supported.includes(mode));
	if (others && modes.includes('ReadWriteOncePod'))
		errors.push(forbiddenField(field, 'may not use ReadWriteOncePod with other access modes'));
	return errors;
}
