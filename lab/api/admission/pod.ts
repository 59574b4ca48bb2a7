// What the admission plugins that every cluster has do to a new pod: ServiceAccount, Priority,
// DefaultTolerationSeconds (https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/).
import { randomSuffix } from '../../random.ts';
import type { Pod, ServiceAccount } from '../../schema/types.ts';
import { forbidden } from '../errors.ts';
import type { RequestContext } from '../registry.ts';

const podsResource = { group: '', plural: 'pods' };
const tokenPath = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Throws Forbidden. */
export function admitPod(pod: Pod, context: RequestContext): void {
	admitServiceAccount(pod, context);
	admitPriority(pod);
	addDefaultTolerations(pod);
}

function admitServiceAccount(pod: Pod, context: RequestContext): void {
	const { spec, metadata } = pod;
	// A mirror pod stands for one that a kubelet runs by itself.
	if (metadata.annotations?.['kubernetes.io/config.mirror']) return;
	spec.serviceAccountName ||= 'default';
	spec.serviceAccount = spec.serviceAccountName;
	const account = context.objects.get<ServiceAccount>(
		'serviceaccounts',
		metadata.namespace,
		spec.serviceAccountName,
	);
	if (!account)
		throw forbidden(
			podsResource,
			metadata.name,
			`error looking up service account ${metadata.namespace}/${spec.serviceAccountName}: serviceaccount "${spec.serviceAccountName}" not found`,
		);
	if (!spec.imagePullSecrets?.length && account.imagePullSecrets?.length)
		spec.imagePullSecrets = account.imagePullSecrets.map((each) => ({ ...each }));
	const wanted = spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
	if (wanted) mountToken(pod, context);
}

/** The projected volume kube-api-access-…: token, CA certificate and namespace, mounted in every container. */
function mountToken({ spec }: Pod, context: RequestContext): void {
	const containers = [...(spec.initContainers ?? []), ...(spec.containers ?? [])].filter(
		(container) => !container.volumeMounts?.some((mount) => mount.mountPath === tokenPath),
	);
	if (containers.length === 0) return;
	const existing = spec.volumes?.find((volume) => volume.name?.startsWith('kube-api-access-'));
	const name = existing?.name ?? `kube-api-access-${randomSuffix(context.random)}`;
	for (const container of containers)
		container.volumeMounts = [
			...(container.volumeMounts ?? []),
			{ name, readOnly: true, mountPath: tokenPath },
		];
	if (existing) return;
	const sources = [
		{ serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
		{ configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
		{
			downwardAPI: {
				items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
			},
		},
	];
	spec.volumes = [...(spec.volumes ?? []), { name, projected: { sources, defaultMode: 0o644 } }];
}

/** The classes that every cluster has. */
const systemPriorities: Readonly<Record<string, number>> = {
	'system-cluster-critical': 2_000_000_000,
	'system-node-critical': 2_000_001_000,
};

function admitPriority({ spec, metadata }: Pod): void {
	const name = spec.priorityClassName;
	const priority = name ? systemPriorities[name] : 0;
	if (priority === undefined)
		throw forbidden(podsResource, metadata.name, `no PriorityClass with name ${name} was found`);
	if (spec.priority !== undefined && spec.priority !== priority)
		throw forbidden(
			podsResource,
			metadata.name,
			`the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${priority} from the given PriorityClass name`,
		);
	spec.priority = priority;
	spec.preemptionPolicy ??= 'PreemptLowerPriority';
}

/** A pod stays five minutes on a node that is not ready or not reached, unless it says otherwise. */
function addDefaultTolerations({ spec }: Pod): void {
	const tolerations = spec.tolerations ?? [];
	for (const key of ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']) {
		const tolerated = tolerations.some(
			(each) => (each.key === key || !each.key) && (each.effect === 'NoExecute' || !each.effect),
		);
		if (!tolerated)
			tolerations.push({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 });
	}
	spec.tolerations = tolerations;
}
