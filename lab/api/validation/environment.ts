// What a container's environment may be made of.
import type { Container, EnvVar } from '../../schema/types.ts';
import { type FieldError, invalidValue, required } from '../field-errors.ts';
import { validateFieldReference, validateResourceReference, variableFields } from './field-references.ts';
import { asPrefix, configMapKey, dnsSubdomain, environmentVariableName } from './names.ts';

const severalFields = 'may not have more than one field specified at a time';

/** `field` is the container's. */
export function validateEnvironment({ env = [], envFrom = [] }: Container, field: string): FieldError[] {
	const errors: FieldError[] = env.flatMap((variable, index) => {
		const at = `${field}.env[${index}]`;
		return [
			...(variable.name
				? environmentVariableName(variable.name).map((fault) =>
						invalidValue(`${at}.name`, variable.name, fault),
					)
				: [required(`${at}.name`)]),
			...validateValueSource(variable, `${at}.valueFrom`),
		];
	});
	envFrom.forEach(({ configMapRef, secretRef, prefix }, index) => {
		const at = `${field}.envFrom[${index}]`;
		if (prefix)
			errors.push(
				...environmentVariableName(prefix).map((fault) => invalidValue(`${at}.prefix`, prefix, fault)),
			);
		if (configMapRef) errors.push(...validateReference(configMapRef.name, `${at}.configMapRef.name`));
		if (secretRef) errors.push(...validateReference(secretRef.name, `${at}.secretRef.name`));
		// Told of the whole list.
		if (!configMapRef && !secretRef)
			errors.push(invalidValue(`${field}.envFrom`, '', 'must specify one of: `configMapRef` or `secretRef`'));
		else if (configMapRef && secretRef) errors.push(invalidValue(`${field}.envFrom`, '', severalFields));
	});
	return errors;
}

/** The object that a whole environment comes from; the server takes what could be the beginning of a name. */
const validateReference = (name: string | undefined, field: string): FieldError[] =>
	name ? dnsSubdomain(asPrefix(name)).map((fault) => invalidValue(field, name, fault)) : [required(field)];

function validateValueSource({ value, valueFrom: source }: EnvVar, field: string): FieldError[] {
	if (!source) return [];
	const errors: FieldError[] = [];
	const { fieldRef, resourceFieldRef } = source;
	if (fieldRef) errors.push(...validateFieldReference(fieldRef, variableFields, `${field}.fieldRef`));
	if (resourceFieldRef)
		errors.push(...validateResourceReference(resourceFieldRef, false, `${field}.resourceFieldRef`));
	for (const part of ['configMapKeyRef', 'secretKeyRef'] as const) {
		const reference = source[part];
		if (!reference) continue;
		const { name = '', key } = reference;
		errors.push(...dnsSubdomain(name).map((fault) => invalidValue(`${field}.${part}.name`, name, fault)));
		if (!key) errors.push(required(`${field}.${part}.key`));
		else errors.push(...configMapKey(key).map((fault) => invalidValue(`${field}.${part}.key`, key, fault)));
	}
	const given = Object.values(source).filter((each) => each !== undefined).length;
	if (given === 0)
		errors.push(
			invalidValue(
				field,
				'',
				'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`',
			),
		);
	else if (value) errors.push(invalidValue(field, '', 'may not be specified when `value` is not empty'));
	else if (given > 1) errors.push(invalidValue(field, '', severalFields));
	return errors;
}
