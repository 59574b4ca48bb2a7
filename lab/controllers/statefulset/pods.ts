// A set's pods: their names, ordinals and identity (kubernetes.io/docs/concepts/workloads/controllers/statefulset).
import { matchesLabels } from '../../api/selectors/label-selector.ts';
import type { ControllerRevision, Draft, Pod, PodTemplateSpec, StatefulSet } from '../../schema/types.ts';
import { revisionLabel } from '../history.ts';
import { controllerReference } from '../owner-references.ts';
import { isPodReady, isPodTerminating, untilAvailable } from '../pod-state.ts';
import { claimName } from './claims.ts';
import { atRevision } from './revisions.ts';

const podNameLabel = 'statefulset.kubernetes.io/pod-name';
const podIndexLabel = 'apps.kubernetes.io/pod-index';

export const startOrdinal = (set: StatefulSet): number => set.spec.ordinals?.start ?? 0;
export const replicasOf = (set: StatefulSet): number => set.spec.replicas ?? 1;

/** The set's name and the ordinal in a pod's name; undefined where it has none. */
export function parsePodName(name: string): { set: string; ordinal: number } | undefined {
	const match = /^(.*)-(0|[1-9][0-9]*)$/.exec(name);
	return match ? { set: match[1], ordinal: Number(match[2]) } : undefined;
}

export const ordinalOf = (pod: Pod): number => parsePodName(pod.metadata.name)?.ordinal ?? -1;

export const revisionOf = (pod: { metadata: { labels?: Record<string, string> } }): string =>
	pod.metadata.labels?.[revisionLabel] ?? '';

export const isRunningAndReady = (pod: Pod): boolean => pod.status?.phase === 'Running' && isPodReady(pod);

export const isAvailable = (pod: Pod, set: StatefulSet, now: number): boolean =>
	isRunningAndReady(pod) && untilAvailable(pod, set.spec.minReadySeconds ?? 0, now) === 0;

/** Not there to serve: still starting, failed, or on its way out. */
export const isUnavailable = (pod: Pod, set: StatefulSet, now: number): boolean =>
	!isAvailable(pod, set, now) || isPodTerminating(pod);

/** A new pod for an ordinal, with the identity that the ordinal stands for. */
export function podFor(set: StatefulSet, revision: ControllerRevision, ordinal: number): Draft<Pod> {
	const template: PodTemplateSpec = atRevision(set, revision).spec.template;
	const name = `${set.metadata.name}-${ordinal}`;
	const { labels, annotations, finalizers } = template.metadata ?? {};
	return {
		apiVersion: 'v1',
		kind: 'Pod',
		metadata: {
			name,
			generateName: `${set.metadata.name}-`,
			namespace: set.metadata.namespace,
			labels: {
				...labels,
				[podIndexLabel]: String(ordinal),
				[revisionLabel]: revision.metadata.name,
				[podNameLabel]: name,
			},
			...(annotations ? { annotations } : {}),
			...(finalizers ? { finalizers } : {}),
			ownerReferences: [controllerReference(set)],
		},
		spec: {
			...structuredClone(template.spec!),
			hostname: name,
			...(set.spec.serviceName ? { subdomain: set.spec.serviceName } : {}),
			volumes: volumesFor(set, template, ordinal),
		},
	};
}

/** The template's volumes, those of a claim template replaced by the ordinal's own claim. */
function volumesFor(set: StatefulSet, template: PodTemplateSpec, ordinal: number) {
	const claims = (set.spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata.name);
	return [
		...claims.map((name) => ({
			name,
			persistentVolumeClaim: { claimName: claimName(set, name, ordinal), readOnly: false },
		})),
		...(template.spec?.volumes ?? []).filter(({ name }) => !claims.includes(name)),
	];
}

/** The pod with the labels of its identity, or undefined where it has them: an adopted pod may lack them. */
export function withIdentity(pod: Pod): Pod | undefined {
	const { name, labels } = pod.metadata;
	const identity = { [podNameLabel]: name, [podIndexLabel]: String(ordinalOf(pod)) };
	if (matchesLabels(identity, labels)) return undefined;
	return { ...pod, metadata: { ...pod.metadata, labels: { ...labels, ...identity } } };
}
