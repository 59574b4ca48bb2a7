// References to a pod's own fields and to a container's resources: what the downward API may give.
import { canonicalQuantity, compareQuantities } from '../../schema/quantity.ts';
import type { ObjectFieldSelector, ResourceFieldSelector } from '../../schema/types.ts';
import { type FieldError, invalidValue, notSupported, required } from '../field-errors.ts';
import { qualifiedName } from './names.ts';

/** What a variable may be set from. */
export const variableFields = [
	'metadata.name',
	'metadata.namespace',
	'metadata.uid',
	'spec.nodeName',
	'spec.serviceAccountName',
	'status.hostIP',
	'status.hostIPs',
	'status.podIP',
	'status.podIPs',
];

/** What a file may be written from. */
export const fileFields = [
	'metadata.annotations',
	'metadata.labels',
	'metadata.name',
	'metadata.namespace',
	'metadata.uid',
];

const knownFields = new Set([...variableFields, ...fileFields]);

/** `allowed` are the fields, but for single labels and annotations, which may be named anywhere. */
export function validateFieldReference(
	{ apiVersion, fieldPath: path }: ObjectFieldSelector,
	allowed: readonly string[],
	field: string,
): FieldError[] {
	if (!apiVersion) return [required(`${field}.apiVersion`)];
	if (!path) return [required(`${field}.fieldPath`)];
	const refuse = (why: string) => [
		invalidValue(`${field}.fieldPath`, path, `error converting fieldPath: ${why}`),
	];
	if (apiVersion !== 'v1') return refuse(`unsupported pod version: ${apiVersion}`);
	const keyed = /^(.*)\['(.*)'\]$/.exec(path);
	const whole = keyed ? keyed[1] : path;
	if (keyed && (whole === 'metadata.labels' || whole === 'metadata.annotations')) {
		const key = whole === 'metadata.annotations' ? keyed[2].toLowerCase() : keyed[2];
		return qualifiedName(key).map((fault) => invalidValue(field, key, fault));
	}
	if (keyed) return refuse(`field label does not support subscript: ${path}`);
	if (!knownFields.has(path)) return refuse(`field label not supported: ${path}`);
	return allowed.includes(path) ? [] : [notSupported(`${field}.fieldPath`, path, allowed)];
}

const resources = ['cpu', 'ephemeral-storage', 'memory'];
const containerResources = ['limits', 'requests'].flatMap((list) =>
	resources.map((name) => `${list}.${name}`),
);
const sizes = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'];

/** A file names the container, a variable means its own. */
export function validateResourceReference(
	{ containerName, resource, divisor }: ResourceFieldSelector,
	ofFile: boolean,
	field: string,
): FieldError[] {
	const errors: FieldError[] = [];
	const ofHugePages = /^(limits|requests)\.hugepages-/.test(resource);
	if (ofFile && !containerName) errors.push(required(`${field}.containerName`));
	else if (!resource) errors.push(required(`${field}.resource`));
	else if (!containerResources.includes(resource) && !ofHugePages)
		errors.push(notSupported(`${field}.resource`, resource, containerResources));
	if (!divisor || compareQuantities(divisor, '0') === 0) return errors;
	const written = canonicalQuantity(divisor);
	const refuse = (values: string, what: string) =>
		invalidValue(
			`${field}.divisor`,
			resource,
			`only divisor's values ${values} are supported with the ${what} resource`,
		);
	if (resource.endsWith('.cpu')) {
		if (written !== '1m' && written !== '1') errors.push(refuse('1m and 1', 'cpu'));
	} else if (!sizes.includes(written)) {
		const what = ofHugePages
			? 'hugepages'
			: resource.endsWith('.memory')
				? 'memory'
				: resource.endsWith('.ephemeral-storage')
					? 'local ephemeral storage'
					: undefined;
		if (what) errors.push(refuse(sizes.join(', '), what));
	}
	return errors;
}
