// NodeRestriction: of what kubelets may write they write only what belongs to their own node
// (https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction).
import { leaseNamespace } from '../../auth/node/authorizer.ts';
import { nodeOf } from '../../auth/node/identity.ts';
import { claimsOf, configMapsOf, mirrorAnnotation, secretsOf } from '../../auth/node/relationships.ts';
import type { KubernetesObject, Node, Pod } from '../../schema/types.ts';
import { deepEqual } from '../deep-equal.ts';
import { forbidden } from '../errors.ts';
import type { UserInfo } from '../http.ts';
import { type AdmissionPlugin, type AdmissionRequest, refusedName } from './plugin.ts';

const quoted = (text: string) => JSON.stringify(text);

/** Each says why the node may not, if it may not. */
const refusals: Readonly<Record<string, (node: string, request: AdmissionRequest) => string | undefined>> = {
	nodes: refuseNode,
	pods: (node, request) => {
		if (request.operation === 'create') return refusePodCreation(node, request);
		const before = request.old as Pod;
		if (request.operation === 'delete')
			return before.spec.nodeName === node
				? undefined
				: `node ${quoted(node)} can only delete pods with spec.nodeName set to itself`;
		return request.scope === 'status' ? refusePodStatus(node, request.object as Pod, before) : undefined;
	},
	'leases.coordination.k8s.io': (node, { object: { metadata } }) => {
		if (metadata.namespace !== leaseNamespace)
			return `can only access leases in the ${quoted(leaseNamespace)} system namespace`;
		return metadata.name === node
			? undefined
			: 'can only access node lease with the same name as the requesting node';
	},
	'csinodes.storage.k8s.io': (node, { object: { metadata } }) =>
		metadata.name === node ? undefined : 'can only access CSINode with the same name as the requesting node',
};

function check(request: AdmissionRequest): void {
	const { resource, object, context } = request;
	const node = nodeOf(context.user);
	if (node === undefined) return;
	const why = node
		? refusals[resource.key](node, request)
		: `could not determine node from user ${quoted(context.user.username)}`;
	if (why) throw forbidden(resource, refusedName(object.metadata), why);
}

function refuseNode(node: string, { operation, object, old }: AdmissionRequest): string | undefined {
	const { name } = object.metadata;
	if (name !== node) return `node ${quoted(node)} is not allowed to modify node ${quoted(name)}`;
	const labels = forbiddenLabels(object, old);
	if (operation === 'create')
		return labels.length > 0
			? `node ${quoted(node)} is not allowed to set the following labels: ${labels.join(', ')}`
			: undefined;
	if (operation !== 'update') return undefined;
	const [taints, before] = [object as Node, old as Node].map((each) => each.spec?.taints ?? []);
	if (!deepEqual(taints, before)) return `node ${quoted(node)} is not allowed to modify taints`;
	return labels.length > 0 ? `is not allowed to modify labels: ${labels.join(', ')}` : undefined;
}

/** Labels that kubelets may set though they belong to Kubernetes. */
const ownLabels = new Set([
	'kubernetes.io/hostname',
	'kubernetes.io/os',
	'kubernetes.io/arch',
	'beta.kubernetes.io/os',
	'beta.kubernetes.io/arch',
	'node.kubernetes.io/instance-type',
	'beta.kubernetes.io/instance-type',
	'topology.kubernetes.io/zone',
	'topology.kubernetes.io/region',
	'failure-domain.beta.kubernetes.io/zone',
	'failure-domain.beta.kubernetes.io/region',
]);
const isUnder = (prefix: string, domain: string) => prefix === domain || prefix.endsWith(`.${domain}`);

/** The labels that differ and that a kubelet may not touch, sorted. */
function forbiddenLabels(object: KubernetesObject, old: KubernetesObject | undefined): string[] {
	const [now, before] = [object, old].map((each) => each?.metadata.labels ?? {});
	return [...new Set([...Object.keys(now), ...Object.keys(before)])]
		.filter((label) => {
			if (now[label] === before[label]) return false;
			const prefix = label.includes('/') ? label.slice(0, label.indexOf('/')) : '';
			if (isUnder(prefix, 'node-restriction.kubernetes.io')) return true;
			const isKubernetes = isUnder(prefix, 'kubernetes.io') || isUnder(prefix, 'k8s.io');
			const isKubelets = isUnder(prefix, 'kubelet.kubernetes.io') || isUnder(prefix, 'node.kubernetes.io');
			return isKubernetes && !isKubelets && !ownLabels.has(label);
		})
		.sort();
}

function refusePodCreation(node: string, { object, context }: AdmissionRequest): string | undefined {
	const pod = object as Pod;
	const { annotations, ownerReferences: owners = [] } = pod.metadata;
	const itself = 'set to itself';
	if (annotations?.[mirrorAnnotation] === undefined)
		return `pod does not have ${quoted(mirrorAnnotation)} annotation, node ${quoted(node)} can only create mirror pods`;
	const only = `node ${quoted(node)} can only create pods with`;
	if (pod.spec.nodeName !== node) return `${only} spec.nodeName ${itself}`;
	if (owners.length > 1) return `${only} a single owner reference ${itself}`;
	const [owner] = owners;
	if (owner?.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node)
		return `${only} an owner reference ${itself}`;
	if (!owner.controller) return `${only} a controller owner reference ${itself}`;
	if (owner.blockOwnerDeletion)
		return `node ${quoted(node)} must not set blockOwnerDeletion on an owner reference`;
	const uid = context.objects.get<Node>('nodes', '', node)?.metadata.uid;
	if (owner.uid !== uid) return `node ${node} UID mismatch: expected ${owner.uid} got ${uid}`;
	const referred = (
		[
			['a service account', pod.spec.serviceAccountName ? [pod.spec.serviceAccountName] : []],
			['secrets', secretsOf(pod)],
			['configmaps', configMapsOf(pod)],
			['persistentvolumeclaims', claimsOf(pod)],
		] as const
	).find(([, names]) => names.length > 0);
	return referred && `node ${quoted(node)} can not create pods that reference ${referred[0]}`;
}

function refusePodStatus(node: string, pod: Pod, before: Pod): string | undefined {
	if (before.spec.nodeName !== node)
		return `node ${quoted(node)} can only update pod status for pods with spec.nodeName set to itself`;
	return deepEqual(pod.metadata.labels ?? {}, before.metadata.labels ?? {})
		? undefined
		: `node ${quoted(node)} cannot update labels through pod status`;
}

/** Throws Forbidden where a kubelet is to evict a pod of another node. */
export function admitEviction(user: UserInfo, { metadata, spec }: Pod): void {
	const node = nodeOf(user);
	if (node !== undefined && spec.nodeName !== node)
		throw forbidden(
			{ group: '', plural: 'pods' },
			metadata.name,
			`node ${node} can only evict pods with spec.nodeName set to itself`,
		);
}

/** Throws Forbidden where a kubelet asks for a token that is not for a pod of its node. */
export function admitTokenRequest(
	user: UserInfo,
	account: string,
	bound: { kind?: string; uid?: string } | undefined,
	pod: Pod | undefined,
): void {
	const node = nodeOf(user);
	if (node === undefined) return;
	const refuse = (why: string) => forbidden({ group: '', plural: 'serviceaccounts' }, account, why);
	if (bound?.kind !== 'Pod') throw refuse('node requested token not bound to a pod');
	if (!bound.uid) throw refuse('node requested token with a pod binding without a uid');
	if (pod?.spec.nodeName !== node)
		throw refuse('node requested token bound to a pod scheduled on a different node');
}

export const nodeRestriction: AdmissionPlugin = {
	resources: Object.keys(refusals),
	mutate: check,
	validateDelete: check,
};
