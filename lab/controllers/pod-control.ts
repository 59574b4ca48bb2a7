// Creating pods from a template and deleting them, with the events that tell of it
// (k8s.io/kubernetes/pkg/controller/controller_utils.go).
import type { Client } from '../api/client.ts';
import { ApiError } from '../api/errors.ts';
import type { EventRecorder } from '../api/event-recorder.ts';
import type { Draft, KubernetesObject, Pod, PodTemplateSpec } from '../schema/types.ts';
import { controllerReference } from './owner-references.ts';

export interface PodControl {
	/** Creates what the draft says. Throws the server's refusal, after an event has told of it. */
	create(owner: KubernetesObject, draft: Draft<Pod>): Pod;
	/** Deletes the pod, unless it is gone already. */
	delete(owner: KubernetesObject, pod: Pod): void;
}

/** A pod as the template has it, owned by `owner` and with a generated name. */
export function podFromTemplate(owner: KubernetesObject, template: PodTemplateSpec): Draft<Pod> {
	const { labels, annotations, finalizers } = template.metadata ?? {};
	return {
		apiVersion: 'v1',
		kind: 'Pod',
		metadata: {
			generateName: `${owner.metadata.name}-`,
			namespace: owner.metadata.namespace,
			...(labels ? { labels: { ...labels } } : {}),
			...(annotations ? { annotations: { ...annotations } } : {}),
			...(finalizers ? { finalizers: [...finalizers] } : {}),
			ownerReferences: [controllerReference(owner)],
		},
		spec: structuredClone(template.spec ?? { containers: [] }),
	};
}

export function createPodControl(client: Client, events: EventRecorder): PodControl {
	return {
		create(owner, draft) {
			try {
				const pod = client.create<Pod>('pods', draft);
				events.event(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
				return pod;
			} catch (error) {
				// In a namespace that is going, nothing can be created and nobody needs to know.
				if (error instanceof ApiError && !isNamespaceGoing(error))
					events.event(owner, 'Warning', 'FailedCreate', `Error creating: ${error.message}`);
				throw error;
			}
		},
		delete(owner, { metadata: { namespace, name, uid } }) {
			try {
				client.delete('pods', namespace, name, { preconditions: { uid } });
			} catch (error) {
				if (error instanceof ApiError && error.reason === 'NotFound') return;
				if (error instanceof ApiError)
					events.event(owner, 'Warning', 'FailedDelete', `Error deleting: ${error.message}`);
				throw error;
			}
			events.event(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
		},
	};
}

/** Whether the refusal is because the namespace is being deleted. */
export const isNamespaceGoing = (error: ApiError): boolean =>
	error.details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating') ?? false;
