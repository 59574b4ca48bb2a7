// What a container may ask for, and what its limits may be.
import { canonicalQuantity, compareQuantities } from '../../schema/quantity.ts';
import type { ContainerResizePolicy, PodResourceClaim, ResourceRequirements } from '../../schema/types.ts';
import {
	duplicate,
	type FieldError,
	forbiddenField,
	invalidValue,
	notFoundValue,
	notSupported,
	required,
} from '../field-errors.ts';
import { asGoStruct } from './go-struct.ts';
import { dnsLabel, dnsSubdomain, qualifiedName } from './names.ts';

const standardResources = new Set(['cpu', 'memory', 'ephemeral-storage']);
const isHugePages = (name: string) => name.startsWith('hugepages-');
/** Counted whole, and as much given as asked for: devices and huge pages. */
const isExtended = (name: string) => name.includes('/') && !name.includes('kubernetes.io/');

function validateQuantity(name: string, quantity: string, field: string, list: string): FieldError[] {
	const errors: FieldError[] = [];
	const at = `${field}.${list}[${name}]`;
	const refuse = (why: string) => errors.push(invalidValue(at, name, why));
	for (const fault of qualifiedName(name)) refuse(fault);
	if (!name.includes('/') && !standardResources.has(name) && !isHugePages(name)) {
		if (errors.length === 0) refuse('must be a standard resource type or fully qualified');
		refuse('must be a standard resource for containers');
	}
	const shown = canonicalQuantity(quantity);
	if (compareQuantities(quantity, '0') < 0)
		errors.push(invalidValue(at, shown, 'must be greater than or equal to 0'));
	if (isExtended(name) && shown.endsWith('m')) errors.push(invalidValue(at, shown, 'must be an integer'));
	return errors;
}

/** `claims` are the names of the pod's own, which containers may use. */
export function validateResources(
	{ limits = {}, requests = {}, claims = [] }: ResourceRequirements,
	podClaims: ReadonlySet<string>,
	field: string,
): FieldError[] {
	const errors = Object.entries(limits).flatMap(([name, quantity]) =>
		validateQuantity(name, quantity, field, 'limits'),
	);
	for (const [name, request] of Object.entries(requests)) {
		errors.push(...validateQuantity(name, request, field, 'requests'));
		const limit = Object.hasOwn(limits, name) ? limits[name] : undefined;
		const whole = isExtended(name) || isHugePages(name);
		const refuse = (how: string) =>
			errors.push(
				invalidValue(
					`${field}.requests`,
					canonicalQuantity(request),
					`must be ${how} ${name} limit of ${canonicalQuantity(limit ?? '0')}`,
				),
			);
		if (limit === undefined) {
			if (whole)
				errors.push(required(`${field}.limits`, 'Limit must be set for non overcommitable resources'));
		} else if (whole && compareQuantities(request, limit) !== 0) refuse('equal to');
		else if (!whole && compareQuantities(request, limit) > 0) refuse('less than or equal to');
	}
	const names = [...Object.keys(limits), ...Object.keys(requests)];
	if (names.some(isHugePages) && !names.includes('cpu') && !names.includes('memory'))
		errors.push(forbiddenField(field, 'HugePages require cpu or memory'));
	return [...errors, ...validateClaimUse(claims, podClaims, `${field}.claims`)];
}

function validateClaimUse(
	claims: readonly { name: string; request?: string }[],
	podClaims: ReadonlySet<string>,
	field: string,
): FieldError[] {
	const names = new Set<string>();
	return claims.flatMap(({ name, request }, index) => {
		const at = `${field}[${index}]`;
		if (!name) return [required(at)];
		const errors: FieldError[] = [];
		const whole = request ? `${name}/${request}` : name;
		if (names.has(whole)) errors.push(duplicate(at, whole));
		names.add(whole);
		const known = podClaims.size > 0 ? `: ${[...podClaims].sort().join(', ')}` : ' which is empty';
		if (!podClaims.has(name))
			errors.push({
				...notFoundValue(at, name),
				detail: `must be one of the names in pod.spec.resourceClaims${known}`,
			});
		return errors;
	});
}

/** The pod's own claims of devices. */
export function validateResourceClaims(claims: readonly PodResourceClaim[], field: string): FieldError[] {
	const names = new Set<string>();
	return claims.flatMap((claim, index) => {
		const at = `${field}[${index}]`;
		const { name, resourceClaimName, resourceClaimTemplateName } = claim;
		const errors: FieldError[] = [];
		if (!name) errors.push(required(`${at}.name`));
		else if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
		else errors.push(...dnsLabel(name).map((fault) => invalidValue(`${at}.name`, name, fault)));
		names.add(name);
		if (resourceClaimName !== undefined && resourceClaimTemplateName !== undefined)
			errors.push(
				invalidValue(
					at,
					asGoStruct('PodResourceClaim', claim),
					'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified',
				),
			);
		if (resourceClaimName === undefined && resourceClaimTemplateName === undefined)
			errors.push(
				invalidValue(
					at,
					asGoStruct('PodResourceClaim', claim),
					'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`',
				),
			);
		for (const part of ['resourceClaimName', 'resourceClaimTemplateName'] as const) {
			const other = claim[part];
			if (other !== undefined)
				errors.push(...dnsSubdomain(other).map((fault) => invalidValue(`${at}.${part}`, other, fault)));
		}
		return errors;
	});
}

const resizableResources = ['cpu', 'memory'];
const resizeRestarts = ['NotRequired', 'RestartContainer'];

/** What becomes of a container whose resources change. `podRestarts` is the pod's restart policy. */
export function validateResizePolicy(
	policies: readonly ContainerResizePolicy[],
	podRestarts: string | undefined,
	field: string,
): FieldError[] {
	const names = new Set<string>();
	return policies.flatMap(({ resourceName, restartPolicy }, index) => {
		const errors: FieldError[] = [];
		if (names.has(resourceName)) errors.push(duplicate(`${field}[${index}]`, resourceName));
		names.add(resourceName);
		for (const [value, known] of [
			[resourceName, resizableResources],
			[restartPolicy, resizeRestarts],
		] as const)
			if (!value) errors.push(required(field));
			else if (!known.includes(value)) errors.push(notSupported(field, value, known));
		if (podRestarts === 'Never' && restartPolicy !== 'NotRequired')
			errors.push(
				invalidValue(field, restartPolicy, "must be 'NotRequired' when `restartPolicy` is 'Never'"),
			);
		return errors;
	});
}
