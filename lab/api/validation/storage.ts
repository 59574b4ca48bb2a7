// What the kinds of storage.k8s.io have in common.
import type { TopologySelectorTerm } from '../../schema/types.ts';
import { duplicate, type FieldError, invalidValue, required, tooLong } from '../field-errors.ts';
import { labelValue, qualifiedName } from './names.ts';

const mostParameters = 512;
const parameterBytes = 256 * 1024;

/** The name of a provisioner or driver. */
export function validateProvisioner(name: string, field: string): FieldError[] {
	if (!name) return [required(field)];
	return qualifiedName(name.toLowerCase()).map((fault) => invalidValue(field, name.toLowerCase(), fault));
}

export function validateParameters(
	parameters: Readonly<Record<string, string>> | undefined,
	field: string,
): FieldError[] {
	const entries = Object.entries(parameters ?? {});
	if (entries.length > mostParameters) return [tooLong(field, mostParameters)];
	const errors: FieldError[] = entries
		.filter(([key]) => key === '')
		.map(([key]) => invalidValue(field, key, 'field can not be empty.'));
	const bytes = new TextEncoder().encode(entries.flat().join('')).length;
	if (bytes > parameterBytes) errors.push(tooLong(field, parameterBytes));
	return errors;
}

/** Where volumes of a class may be: terms of a label's key and its values. */
export function validateTopologies(terms: readonly TopologySelectorTerm[] = [], field: string): FieldError[] {
	const seen = new Set<string>();
	return terms.flatMap((term, index) => {
		const at = `${field}[${index}].matchLabelExpressions`;
		const keys = new Set<string>();
		const errors = (term.matchLabelExpressions ?? []).flatMap(({ key, values = [] }, position) => {
			const faults: FieldError[] = values.length === 0 ? [required(`${at}[${position}].values`)] : [];
			values.forEach((value, place) => {
				const where = `${at}[${position}].values[${place}]`;
				if (values.indexOf(value) < place) faults.push(duplicate(where, value));
				faults.push(...labelValue(value).map((fault) => invalidValue(where, value, fault)));
			});
			faults.push(...qualifiedName(key).map((fault) => invalidValue(`${at}[${position}].key`, key, fault)));
			if (keys.has(key)) faults.push(duplicate(`${at}[${position}].key`, key));
			keys.add(key);
			return faults;
		});
		const identity = JSON.stringify(term.matchLabelExpressions ?? []);
		if (seen.has(identity)) errors.push(duplicate(at, ''));
		seen.add(identity);
		return errors;
	});
}
