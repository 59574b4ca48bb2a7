// Fills secrets of type kubernetes.io/service-account-token, and takes those away whose account has gone
// (https://kubernetes.io/docs/concepts/configuration/secret/#serviceaccount-token-secrets).

import type { ServiceAccountTokens } from '../auth/service-account-tokens.ts';
import { encodeBase64 } from '../base64.ts';
import type { Secret, ServiceAccount } from '../schema/types.ts';
import { queueController, type StartController } from './controller.ts';
import { createWorkQueue, keyOf, splitKey } from './work-queue.ts';

const tokenType = 'kubernetes.io/service-account-token';
const nameAnnotation = 'kubernetes.io/service-account.name';
const uidAnnotation = 'kubernetes.io/service-account.uid';

/** `certificate`: PEM of the authority that the API server's certificate is of. */
export const startServiceAccountTokensController =
	(tokens: Pick<ServiceAccountTokens, 'issueForSecret'>, certificate: string): StartController =>
	({ client, clock }) => {
		const queue = createWorkQueue({
			name: 'serviceaccount-tokens',
			clock,
			reconcile(key) {
				const { namespace, name } = splitKey(key);
				const secret = client.get<Secret>('secrets', namespace, name);
				if (secret?.type !== tokenType || secret.metadata.deletionTimestamp) return;
				const { annotations = {}, uid } = secret.metadata;
				const account = client.get<ServiceAccount>('serviceaccounts', namespace, annotations[nameAnnotation]);
				const known = annotations[uidAnnotation];
				if (!account || (known !== undefined && known !== account.metadata.uid)) {
					client.delete('secrets', namespace, name, { preconditions: { uid } });
					return;
				}
				const { data = {} } = secret;
				const complete = data.token && data.namespace && (data['ca.crt'] || !certificate) && known;
				if (complete) return;
				const token = data.token || encodeBase64(tokens.issueForSecret(secret, account));
				const authority: Record<string, string> = certificate ? { 'ca.crt': encodeBase64(certificate) } : {};
				client.update<Secret>('secrets', {
					...secret,
					metadata: {
						...secret.metadata,
						annotations: { ...annotations, [uidAnnotation]: account.metadata.uid },
					},
					data: { ...data, ...authority, namespace: encodeBase64(namespace), token },
				});
			},
		});
		const ends = [
			client.watch<Secret>('secrets', ({ type, object }) => {
				if (type !== 'DELETED' && object.type === tokenType) queue.add(keyOf(object));
			}),
			client.watch<ServiceAccount>('serviceaccounts', ({ type, object }) => {
				if (type !== 'DELETED') return;
				for (const secret of client.list<Secret>('secrets', object.metadata.namespace))
					if (secret.type === tokenType) queue.add(keyOf(secret));
			}),
		];
		return queueController(queue, ends);
	};
