// One fault of one field, in the words of k8s.io/apimachinery/pkg/util/validation/field.

export type FieldErrorReason =
	| 'FieldValueRequired'
	| 'FieldValueInvalid'
	| 'FieldValueNotSupported'
	| 'FieldValueForbidden'
	| 'FieldValueDuplicate'
	| 'FieldValueNotFound'
	| 'FieldValueTooLong'
	| 'FieldValueTooMany'
	| 'FieldValueTypeInvalid';

export interface FieldError {
	reason: FieldErrorReason;
	/** As `spec.containers[0].name`. */
	field: string;
	value?: unknown;
	detail: string;
}

/** Stands for a value that is not worth showing. */
export const omitted = Symbol('omitted');

export const required = (field: string, detail = ''): FieldError => ({
	reason: 'FieldValueRequired',
	field,
	detail,
});

export const invalidValue = (field: string, value: unknown, detail: string): FieldError => ({
	reason: 'FieldValueInvalid',
	field,
	value,
	detail,
});

/** `supported` is listed as given; sort it where the server does. */
export const notSupported = (field: string, value: unknown, supported: readonly string[]): FieldError => ({
	reason: 'FieldValueNotSupported',
	field,
	value,
	detail: `supported values: ${supported.map(quoted).join(', ')}`,
});

export const forbiddenField = (field: string, detail: string): FieldError => ({
	reason: 'FieldValueForbidden',
	field,
	detail,
});

export const duplicate = (field: string, value: unknown): FieldError => ({
	reason: 'FieldValueDuplicate',
	field,
	value,
	detail: '',
});

export const notFoundValue = (field: string, value: unknown): FieldError => ({
	reason: 'FieldValueNotFound',
	field,
	value,
	detail: '',
});

export const tooLong = (field: string, limit: number): FieldError => ({
	reason: 'FieldValueTooLong',
	field,
	detail: `may not be more than ${limit} bytes`,
});

export const tooMany = (field: string, count: number, limit: number): FieldError => ({
	reason: 'FieldValueTooMany',
	field,
	value: count,
	detail: `must have at most ${limit} items`,
});

const titles: Record<FieldErrorReason, string> = {
	FieldValueRequired: 'Required value',
	FieldValueInvalid: 'Invalid value',
	FieldValueNotSupported: 'Unsupported value',
	FieldValueForbidden: 'Forbidden',
	FieldValueDuplicate: 'Duplicate value',
	FieldValueNotFound: 'Not found',
	FieldValueTooLong: 'Too long',
	FieldValueTooMany: 'Too many',
	FieldValueTypeInvalid: 'Invalid value',
};

/** A string as Go's %q writes it. */
const quoted = (text: string) => JSON.stringify(text);

const described = (value: unknown): string => {
	if (value === undefined || value === null) return 'null';
	return typeof value === 'string' ? quoted(value) : JSON.stringify(value);
};

const withoutValue = new Set<FieldErrorReason>([
	'FieldValueRequired',
	'FieldValueForbidden',
	'FieldValueTooLong',
]);

/** The error without its field, as a Status cause carries it: `Invalid value: -1: must be …`. */
export function fieldErrorBody(error: FieldError): string {
	const hidden = withoutValue.has(error.reason) || error.value === omitted;
	const value = hidden ? '' : `: ${described(error.value)}`;
	return `${titles[error.reason]}${value}${error.detail ? `: ${error.detail}` : ''}`;
}

/** One error as it is, several in brackets; what is said twice only once. */
export function describeFieldErrors(errors: readonly FieldError[]): string {
	const messages = [...new Set(errors.map((error) => `${error.field}: ${fieldErrorBody(error)}`))];
	return messages.length === 1 ? messages[0] : `[${messages.join(', ')}]`;
}
