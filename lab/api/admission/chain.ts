// The plugins that a cluster has by default, in kube-apiserver's order (pkg/kubeapiserver/options/plugins.go).
// NamespaceLifecycle goes before them all, in namespace-lifecycle.ts.
import type { KubernetesObject } from '../../schema/types.ts';
import type { Resource } from '../registry.ts';
import { certificates } from './certificates.ts';
import { defaultStorageClass } from './default-storage-class.ts';
import { defaultTolerationSeconds } from './default-toleration-seconds.ts';
import { limitRanger } from './limit-ranger.ts';
import { nodeRestriction } from './node-restriction.ts';
import { persistentVolumeClaimResize } from './persistent-volume-claim-resize.ts';
import type { AdmissionPlugin, AdmissionRequest } from './plugin.ts';
import { podLimit } from './pod-limit.ts';
import { podSecurity } from './pod-security.ts';
import { priority } from './priority.ts';
import { resourceQuota } from './resource-quota.ts';
import { runtimeClass } from './runtime-class.ts';
import { serviceAccount } from './service-account.ts';
import { storageObjectInUseProtection } from './storage-object-in-use-protection.ts';
import { validatingAdmissionPolicy } from './validating-admission-policy.ts';

const plugins: readonly AdmissionPlugin[] = [
	limitRanger,
	serviceAccount,
	nodeRestriction,
	podSecurity,
	priority,
	defaultTolerationSeconds,
	defaultStorageClass,
	storageObjectInUseProtection,
	persistentVolumeClaimResize,
	runtimeClass,
	certificates,
	validatingAdmissionPolicy,
	resourceQuota,
	podLimit,
];

/** The plugins of a resource, which most have but one of. */
const chosen = new WeakMap<Resource, readonly AdmissionPlugin[]>();

function pluginsFor(resource: Resource): readonly AdmissionPlugin[] {
	let found = chosen.get(resource);
	if (!found) {
		found = plugins.filter(({ resources }) =>
			resources === 'all' ? true : (resources?.includes(resource.key) ?? resource.namespaced),
		);
		chosen.set(resource, found);
	}
	return found;
}

/** Throws ApiError. */
export function mutate(request: AdmissionRequest): void {
	for (const plugin of pluginsFor(request.resource)) plugin.mutate?.(request);
}

/** Throws ApiError. */
export function validate(request: AdmissionRequest): void {
	for (const plugin of pluginsFor(request.resource)) plugin.validate?.(request);
}

/** Throws ApiError. */
export function validateDelete(request: AdmissionRequest): void {
	for (const plugin of pluginsFor(request.resource)) plugin.validateDelete?.(request);
}

/** Throws ApiError. */
export function validateConnect(request: AdmissionRequest): void {
	for (const plugin of pluginsFor(request.resource)) plugin.validateConnect?.(request);
}

export function account(
	request: AdmissionRequest,
	put: (key: string, object: KubernetesObject) => void,
): void {
	for (const plugin of pluginsFor(request.resource)) plugin.account?.(request, put);
}
