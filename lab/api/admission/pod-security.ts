// PodSecurity: namespaces' labels say which Pod Security Standard is enforced, and which is warned of. What they
// say of audit is validated and has no other effect here: it annotates events of the audit log, which no client sees.
// Nobody is exempt, as in the default configuration
// (https://kubernetes.io/docs/concepts/security/pod-security-admission/).
import type {
	Container,
	KubernetesObject,
	Namespace,
	ObjectMeta,
	Pod,
	PodSpec,
	PodTemplateSpec,
} from '../../schema/types.ts';
import { forbidden, invalid } from '../errors.ts';
import type { AdmissionPlugin, AdmissionRequest } from './plugin.ts';
import type { PodTemplate } from './pod-security/check.ts';
import {
	describeViolations,
	policyOf,
	type Standard,
	shownStandard,
	strictness,
	violations,
} from './pod-security/policy.ts';

interface Templated {
	spec?: { template?: PodTemplateSpec; jobTemplate?: { spec?: { template?: PodTemplateSpec } } };
	template?: PodTemplateSpec;
}

/** Kinds that make pods, which are warned of and never refused. */
const templated = [
	'podtemplates',
	'replicationcontrollers',
	'daemonsets.apps',
	'deployments.apps',
	'replicasets.apps',
	'statefulsets.apps',
	'cronjobs.batch',
	'jobs.batch',
];

export const podSecurity: AdmissionPlugin = {
	resources: ['namespaces', 'pods', ...templated],
	validate(request) {
		const { resource, scope, object } = request;
		if (resource.key === 'namespaces') {
			if (scope === '') checkNamespace(request);
		} else if (resource.key === 'pods') {
			if (scope === '' || scope === 'ephemeralcontainers') checkPod(request);
		} else if (scope === '') {
			const { spec, template } = object as Templated;
			const pod = spec?.template ?? spec?.jobTemplate?.spec?.template ?? template;
			if (pod?.spec) warnOf(request, { metadata: pod.metadata ?? {}, spec: pod.spec });
		}
	},
};

const labelsOf = ({ context, object }: AdmissionRequest) =>
	context.objects.get<Namespace>('namespaces', '', object.metadata.namespace)?.metadata.labels;

const imagesOf = ({ initContainers = [], containers, ephemeralContainers = [] }: PodSpec) =>
	[...initContainers, ...containers, ...(ephemeralContainers as Container[])]
		.map(({ name, image }) => `${name}=${image}`)
		.join(' ');

/** Throws Forbidden. */
function checkPod(request: AdmissionRequest): void {
	const { policy } = policyOf(labelsOf(request));
	const { metadata, spec } = request.object as Pod;
	// Of what may be changed only new images and containers matter.
	if (request.old && imagesOf((request.old as Pod).spec) === imagesOf(spec)) return;
	const found = violations(policy.enforce, { metadata, spec });
	if (found.length > 0)
		throw forbidden(
			request.resource,
			metadata.name,
			`violates PodSecurity "${shownStandard(policy.enforce)}": ${describeViolations(found)}`,
		);
	warnOf(request, { metadata, spec });
}

function warnOf(request: AdmissionRequest, pod: PodTemplate): void {
	const { warn } = policyOf(labelsOf(request)).policy;
	const found = violations(warn, pod);
	if (found.length > 0)
		request.context.warn(`would violate PodSecurity "${shownStandard(warn)}": ${describeViolations(found)}`);
}

/** Throws Invalid. Warns of the pods that a stricter standard would not let in. */
function checkNamespace({ object, old, context }: AdmissionRequest): void {
	const { policy, errors } = policyOf(object.metadata.labels);
	if (!old) {
		if (errors.length > 0) throw invalid({ group: '', kind: 'Namespace' }, object.metadata.name, errors);
		return;
	}
	const before = policyOf(old.metadata.labels);
	if (errors.length > 0 && JSON.stringify(errors) !== JSON.stringify(before.errors))
		throw invalid({ group: '', kind: 'Namespace' }, object.metadata.name, errors);
	const { enforce } = policy;
	const earlier = before.policy.enforce;
	const relaxed =
		enforce.version === earlier.version && strictness(enforce.level) <= strictness(earlier.level);
	if (relaxed) return;
	const pods = context.objects.list<Pod>('pods', object.metadata.name);
	for (const warning of warningsFor(object.metadata.name, enforce, pods)) context.warn(warning);
}

const controllerOf = ({ ownerReferences = [] }: ObjectMeta) =>
	ownerReferences.find(({ controller }) => controller)?.uid;

/** One pod of each controller first, as the server looks at them. */
function warningsFor(namespace: string, standard: Standard, pods: readonly Pod[]): string[] {
	const byReason = new Map<string, string[]>();
	const seen = new Set<string>();
	const isFirst = ({ metadata }: KubernetesObject) => {
		const controller = controllerOf(metadata);
		if (!controller) return true;
		return !seen.has(controller) && seen.add(controller) !== undefined;
	};
	const firsts = pods.filter(isFirst);
	for (const { metadata, spec } of [...firsts, ...pods.filter((pod) => !firsts.includes(pod))]) {
		const reasons = violations(standard, { metadata, spec }).map(({ reason }) => reason);
		if (reasons.length === 0) continue;
		const key = reasons.join(', ');
		byReason.set(key, [...(byReason.get(key) ?? []), metadata.name]);
	}
	if (byReason.size === 0) return [];
	const told = [...byReason].map(([reason, names]) => {
		const [first, ...others] = names.sort();
		const more = others.length === 1 ? ' (and 1 other pod)' : ` (and ${others.length} other pods)`;
		return `${first}${others.length > 0 ? more : ''}: ${reason}`;
	});
	return [
		`existing pods in namespace "${namespace}" violate the new PodSecurity enforce level "${shownStandard(standard)}"`,
		...told.sort(),
	];
}
