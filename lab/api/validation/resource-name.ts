// The name of something that containers ask for and quotas limit (validateResourceName of core/validation).
import { type FieldError, invalidValue } from '../field-errors.ts';
import { qualifiedName } from './names.ts';

const compute = ['cpu', 'memory', 'ephemeral-storage'];

/** Names without a prefix that stand for something. */
const standard = new Set([
	...compute,
	...compute.flatMap((name) => [`requests.${name}`, `limits.${name}`]),
	...['storage', 'requests.storage', 'pods', 'services', 'services.nodeports', 'services.loadbalancers'],
	...['replicationcontrollers', 'resourcequotas', 'secrets', 'configmaps', 'persistentvolumeclaims'],
]);

export function validateResourceName(name: string, field: string): FieldError[] {
	const errors = qualifiedName(name).map((fault) => invalidValue(field, name, fault));
	if (errors.length > 0) return errors;
	const isHugePages = /^(requests\.)?hugepages-/.test(name);
	if (name.includes('/') || standard.has(name) || isHugePages) return [];
	return [invalidValue(field, name, 'must be a standard resource type or fully qualified')];
}
