// Every namespace has a ServiceAccount `default`, and a ConfigMap with the certificate that pods trust.
import type { ConfigMap, Namespace, ServiceAccount } from '../schema/types.ts';
import { queueController, type StartController } from './controller.ts';
import { createWorkQueue } from './work-queue.ts';

/** A controller that keeps one object in every namespace: made where it is missing, mended where it was changed. */
function startPublisher(
	name: string,
	resource: string,
	publish: (context: Parameters<StartController>[0], namespace: string) => void,
): StartController {
	return (context) => {
		const { client, clock } = context;
		const queue = createWorkQueue({
			name,
			clock,
			reconcile(key) {
				const namespace = client.get<Namespace>('namespaces', '', key);
				if (namespace && !namespace.metadata.deletionTimestamp) publish(context, key);
			},
		});
		const ends = [
			client.watch<Namespace>('namespaces', ({ object }) => queue.add(object.metadata.name)),
			client.watch(resource, ({ type, object }) => {
				if (type !== 'ADDED') queue.add(object.metadata.namespace);
			}),
		];
		return queueController(queue, ends);
	};
}

export const startServiceAccountController = startPublisher(
	'serviceaccount',
	'serviceaccounts',
	({ client }, namespace) => {
		if (client.get('serviceaccounts', namespace, 'default')) return;
		client.create<ServiceAccount>('serviceaccounts', {
			apiVersion: 'v1',
			kind: 'ServiceAccount',
			metadata: { name: 'default', namespace },
		});
	},
);

/** The name of the ConfigMap that every pod's service account volume takes the certificate from. */
export const rootCertificateName = 'kube-root-ca.crt';

/** `certificate` is the PEM of the authority that signed the API server's certificate. */
export const startRootCertificatePublisher = (certificate: string): StartController =>
	startPublisher('root-ca-certificate-publisher', 'configmaps', ({ client }, namespace) => {
		const data = { 'ca.crt': certificate };
		const stored = client.get<ConfigMap>('configmaps', namespace, rootCertificateName);
		if (stored?.data?.['ca.crt'] === certificate) return;
		if (stored) client.update<ConfigMap>('configmaps', { ...stored, data });
		else
			client.create<ConfigMap>('configmaps', {
				apiVersion: 'v1',
				kind: 'ConfigMap',
				metadata: {
					name: rootCertificateName,
					namespace,
					annotations: {
						'kubernetes.io/description':
							'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.',
					},
				},
				data,
			});
	});
