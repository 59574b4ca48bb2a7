// What a CustomResourceDefinition may be (apiextensions-apiserver's validation).
import { isObject } from '../../json-object.ts';
import type {
	CustomResourceDefinition,
	CustomResourceDefinitionNames,
	CustomResourceDefinitionVersion,
} from '../../schema/types.ts';
import { type FieldError, forbiddenField, invalidValue, notSupported, required } from '../field-errors.ts';
import { immutable } from '../validation/metadata.ts';
import { dns1035Label, dnsSubdomain } from '../validation/names.ts';
import { parseJsonPath } from './json-path.ts';
import { validateRuleExpressions, validateRuleForms } from './rule-validation.ts';
import type { Schema } from './schema.ts';
import { compiledPattern } from './validate.ts';

export function validateDefinition(definition: CustomResourceDefinition): FieldError[] {
	const { metadata, spec } = definition;
	const errors: FieldError[] = [];
	if (metadata.name !== `${spec.names.plural}.${spec.group}`)
		errors.push(invalidValue('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group'));
	if (!spec.group) errors.push(required('spec.group'));
	else {
		for (const fault of dnsSubdomain(spec.group)) errors.push(invalidValue('spec.group', spec.group, fault));
		if (!spec.group.includes('.'))
			errors.push(invalidValue('spec.group', spec.group, 'should be a domain with at least one dot'));
	}
	if (!spec.scope) errors.push(required('spec.scope'));
	else if (spec.scope !== 'Cluster' && spec.scope !== 'Namespaced')
		errors.push(notSupported('spec.scope', spec.scope, ['Cluster', 'Namespaced']));
	errors.push(...validateVersions(spec.versions));
	errors.push(...validateNames(spec.names, 'spec.names'));
	errors.push(...validateApproval(definition));
	if (spec.preserveUnknownFields)
		errors.push(
			invalidValue(
				'spec.preserveUnknownFields',
				true,
				'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
			),
		);
	return errors;
}

const approval = 'api-approved.kubernetes.io';

/** Names under k8s.io belong to the project, and need its word. */
function validateApproval({ spec: { group = '' }, metadata }: CustomResourceDefinition): FieldError[] {
	if (!/(^|\.)(k8s|kubernetes)\.io$/.test(group) || metadata.annotations?.[approval]) return [];
	return [
		required(
			`metadata.annotations[${approval}]`,
			`protected groups must have approval annotation "${approval}", see https://github.com/kubernetes/enhancements/pull/1111`,
		),
	];
}

function validateVersions(versions: readonly CustomResourceDefinitionVersion[]): FieldError[] {
	const errors: FieldError[] = [];
	const names = versions.map(({ name }) => name);
	versions.forEach((version, index) => {
		const field = `spec.versions[${index}]`;
		for (const fault of dns1035Label(version.name ?? ''))
			errors.push(invalidValue(`${field}.name`, version.name ?? '', fault));
		const schema = version.schema?.openAPIV3Schema as Schema | undefined;
		const at = `${field}.schema.openAPIV3Schema`;
		if (!schema) errors.push(required(at, 'schemas are required'));
		else errors.push(...validateRoot(schema, at));
		(version.additionalPrinterColumns ?? []).forEach((column, position) => {
			const place = `${field}.additionalPrinterColumns[${position}]`;
			if (!column.name) errors.push(required(`${place}.name`));
			const types = ['integer', 'number', 'string', 'boolean', 'date'];
			if (!column.type) errors.push(required(`${place}.type`, `must be one of ${types.join(',')}`));
			else if (!types.includes(column.type))
				errors.push(invalidValue(`${place}.type`, column.type, `must be one of ${types.join(',')}`));
			if (!column.jsonPath) errors.push(required(`${place}.jsonPath`));
			else if (!column.jsonPath.startsWith('.') || !parseJsonPath(column.jsonPath))
				errors.push(invalidValue(`${place}.jsonPath`, column.jsonPath, 'is an invalid JSON path'));
		});
		errors.push(...validateScale(version, field));
	});
	if (new Set(names).size < names.length)
		errors.push(invalidValue('spec.versions', versions, 'must contain unique version names'));
	if (versions.filter(({ storage }) => storage).length !== 1)
		errors.push(
			invalidValue('spec.versions', versions, 'must have exactly one version marked as storage version'),
		);
	return errors;
}

function validateScale({ subresources }: CustomResourceDefinitionVersion, field: string): FieldError[] {
	const scale = subresources?.scale;
	if (!scale) return [];
	return (
		[
			['specReplicasPath', '.spec.', 'should be a json path under .spec'],
			['statusReplicasPath', '.status.', 'should be a json path under .status'],
		] as const
	).flatMap(([part, prefix, fault]) => {
		const at = `${field}.subresources.scale.${part}`;
		if (!scale[part]) return [required(at)];
		return scale[part].startsWith(prefix) ? [] : [invalidValue(at, scale[part], fault)];
	});
}

function validateNames(names: CustomResourceDefinitionNames, field: string): FieldError[] {
	const errors: FieldError[] = [];
	const mixed = (fault: string) => `may have mixed case, but should otherwise match: ${fault}`;
	const check = (name: string, value: string | undefined, lower: boolean) => {
		if (!value) {
			errors.push(required(`${field}.${name}`));
			return;
		}
		const faults = dns1035Label(lower ? value.toLowerCase() : value);
		if (faults.length > 0)
			errors.push(invalidValue(`${field}.${name}`, value, faults.map(lower ? mixed : String).join(',')));
	};
	check('plural', names.plural, false);
	check('singular', names.singular, false);
	check('kind', names.kind, true);
	check('listKind', names.listKind, true);
	if (names.kind && names.kind === names.listKind)
		errors.push(invalidValue(`${field}.listKind`, names.listKind, 'kind and listKind may not be the same'));
	for (const list of ['shortNames', 'categories'] as const)
		(names[list] ?? []).forEach((each, index) => {
			for (const fault of dns1035Label(each))
				errors.push(invalidValue(`${field}.${list}[${index}]`, each, fault));
		});
	return errors;
}

function validateRoot(schema: Schema, field: string): FieldError[] {
	const errors: FieldError[] = [];
	if (!schema.type) errors.push(required(`${field}.type`, 'must not be empty at the root'));
	else if (schema.type !== 'object')
		errors.push(invalidValue(`${field}.type`, schema.type, 'must be object at the root'));
	if (schema.nullable) errors.push(forbiddenField(`${field}.nullable`, 'must not be true at the root'));
	errors.push(...validateSchema(schema, field, true));
	return errors.length > 0 ? errors : validateRuleExpressions(schema, field);
}

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const unsupported = [
	'$ref',
	'definitions',
	'dependencies',
	'id',
	'patternProperties',
	'additionalItems',
] as const;

/** `structural`: within allOf and the like a schema only constrains, and need not name types. */
function validateSchema(schema: Schema, field: string, structural: boolean): FieldError[] {
	const errors: FieldError[] = [];
	const inner = (each: unknown, at: string, missing?: string) => {
		if (!isObject(each)) return;
		const child = each as Schema;
		const typeless = child['x-kubernetes-int-or-string'] || child['x-kubernetes-preserve-unknown-fields'];
		if (missing && structural && !child.type && !typeless) errors.push(required(`${at}.type`, missing));
		errors.push(...validateSchema(child, at, structural && missing !== undefined));
	};
	for (const name of unsupported)
		if ((schema as Record<string, unknown>)[name] !== undefined)
			errors.push(forbiddenField(`${field}.${name}`, `${name} is not supported`));
	if (schema.type && !types.includes(schema.type))
		errors.push(notSupported(`${field}.type`, schema.type, types));
	if (schema.uniqueItems)
		errors.push(
			forbiddenField(
				`${field}.uniqueItems`,
				'uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
			),
		);
	if (schema.additionalProperties === false)
		errors.push(
			forbiddenField(`${field}.additionalProperties`, 'additionalProperties cannot be set to false'),
		);
	if (schema.additionalProperties && Object.keys(schema.properties ?? {}).length > 0)
		errors.push(
			forbiddenField(
				`${field}.additionalProperties`,
				'additionalProperties and properties are mutual exclusive',
			),
		);
	if (schema.pattern && !compiledPattern(schema.pattern))
		errors.push(invalidValue(`${field}.pattern`, schema.pattern, 'must be a valid regular expression'));
	if (Array.isArray(schema.items))
		errors.push(forbiddenField(`${field}.items`, 'items must be a schema object and not an array'));
	else inner(schema.items, `${field}.items`, 'must not be empty for specified array items');
	for (const [name, property] of Object.entries(schema.properties ?? {}))
		inner(property, `${field}.properties[${name}]`, 'must not be empty for specified object fields');
	inner(
		schema.additionalProperties,
		`${field}.additionalProperties`,
		'must not be empty for specified object fields',
	);
	for (const name of ['allOf', 'anyOf', 'oneOf'] as const)
		(schema[name] ?? []).forEach((each, index) => {
			inner(each, `${field}.${name}[${index}]`);
		});
	inner(schema.not, `${field}.not`);
	return [...errors, ...validateExtensions(schema, field), ...validateRuleForms(schema, field)];
}

function validateExtensions(schema: Schema, field: string): FieldError[] {
	const errors: FieldError[] = [];
	const listType = schema['x-kubernetes-list-type'];
	const keys = schema['x-kubernetes-list-map-keys'];
	if (listType && !['atomic', 'set', 'map'].includes(listType))
		errors.push(notSupported(`${field}.x-kubernetes-list-type`, listType, ['atomic', 'map', 'set']));
	if (listType === 'map' && !keys?.length)
		errors.push(
			required(`${field}.x-kubernetes-list-map-keys`, 'must not be empty if x-kubernetes-list-type is map'),
		);
	if (keys?.length && listType !== 'map')
		errors.push(
			invalidValue(
				`${field}.x-kubernetes-list-type`,
				listType ?? '',
				'must be map if x-kubernetes-list-map-keys is non-empty',
			),
		);
	if (listType && schema.type !== 'array')
		errors.push(
			invalidValue(
				`${field}.type`,
				schema.type ?? '',
				'must be array if x-kubernetes-list-type is specified',
			),
		);
	if (schema['x-kubernetes-embedded-resource'] && schema.type !== 'object')
		errors.push(
			invalidValue(
				`${field}.type`,
				schema.type ?? '',
				'must be object if x-kubernetes-embedded-resource is true',
			),
		);
	if (schema['x-kubernetes-int-or-string'] && schema.type)
		errors.push(
			invalidValue(`${field}.type`, schema.type, 'must be empty if x-kubernetes-int-or-string is true'),
		);
	return errors;
}

export function validateDefinitionUpdate(
	definition: CustomResourceDefinition,
	old: CustomResourceDefinition,
): FieldError[] {
	const established = old.status?.conditions?.some(
		({ type, status }) => type === 'Established' && status === 'True',
	);
	if (!established) return [];
	const errors: FieldError[] = [];
	const fixed = [
		['spec.group', definition.spec.group, old.spec.group],
		['spec.scope', definition.spec.scope, old.spec.scope],
		['spec.names.plural', definition.spec.names.plural, old.spec.names.plural],
		['spec.names.kind', definition.spec.names.kind, old.spec.names.kind],
	] as const;
	for (const [field, value, before] of fixed)
		if (value !== before) errors.push(invalidValue(field, value, immutable));
	const missing = (old.status?.storedVersions ?? []).filter(
		(name) => !definition.spec.versions.some((version) => version.name === name),
	);
	missing.forEach((name) => {
		const index = old.status?.storedVersions?.indexOf(name) ?? 0;
		errors.push(
			invalidValue(
				`status.storedVersions[${index}]`,
				name,
				'missing from spec.versions; it was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in old versions and removes old versions from status.storedVersions',
			),
		);
	});
	return errors;
}
