// ServiceAccount: every pod runs as an account of its namespace, and gets a token of it.
import { randomSuffix } from '../../random.ts';
import type { Pod, ServiceAccount } from '../../schema/types.ts';
import { forbidden } from '../errors.ts';
import type { RequestContext } from '../registry.ts';
import { type AdmissionPlugin, refusedName } from './plugin.ts';

const podsResource = { group: '', plural: 'pods' };
const tokenPath = '/var/run/secrets/kubernetes.io/serviceaccount';

export const serviceAccount: AdmissionPlugin = {
	resources: ['pods'],
	mutate({ operation, object, context }) {
		if (operation === 'create') admitServiceAccount(object as Pod, context);
	},
};

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
			refusedName(metadata),
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
