// A pod's claims as the scheduler sees them: which are bound, and which wait for the node that it chooses
// (k8s.io/kubernetes/pkg/scheduler/framework/plugins/volumebinding).
import type { Client } from '../api/client.ts';
import { annotated, annotation, selectedNode } from '../controllers/persistent-volume/annotations.ts';
import { claimVolume } from '../controllers/persistent-volume/bind.ts';
import { findVolume } from '../controllers/persistent-volume/match.ts';
import {
	claimNameOf,
	getClaim,
	getClass,
	getVolume,
	isBound,
	waitsForConsumer,
} from '../controllers/persistent-volume/storage.ts';
import type { Node, PersistentVolume, PersistentVolumeClaim, Pod } from '../schema/types.ts';
import { allowsNode } from '../storage/topology.ts';

type Reader = Pick<Client, 'get' | 'list'>;

/** Says of classes whose volumes are made by hand. */
const noProvisioner = 'kubernetes.io/no-provisioner';

/** Why no node at all can take the pod, because of its claims; undefined where some may. */
export function claimProblem(objects: Reader, pod: Pod): string | undefined {
	for (const volume of pod.spec.volumes ?? []) {
		const name = claimNameOf(pod, volume);
		if (name === undefined) continue;
		const claim = getClaim(objects, pod.metadata.namespace, name);
		const quoted = JSON.stringify(name);
		if (!claim)
			return volume.ephemeral
				? `waiting for ephemeral volume controller to create the persistentvolumeclaim ${quoted}`
				: `persistentvolumeclaim ${quoted} not found`;
		if (claim.status?.phase === 'Lost')
			return `persistentvolumeclaim ${quoted} bound to non-existent persistentvolume ${JSON.stringify(claim.spec.volumeName ?? '')}`;
		if (claim.metadata.deletionTimestamp) return `persistentvolumeclaim ${quoted} is being deleted`;
	}
	const waiting = claimsOf(objects, pod).some(
		(claim) => !isBound(claim) && (claim.spec.volumeName || !waitsForConsumer(getClass(objects, claim))),
	);
	return waiting ? 'pod has unbound immediate PersistentVolumeClaims' : undefined;
}

/** The claims that a pod uses, as far as they are there. */
export function claimsOf(objects: Reader, pod: Pod): PersistentVolumeClaim[] {
	return (pod.spec.volumes ?? []).flatMap((volume) => {
		const name = claimNameOf(pod, volume);
		return (name !== undefined && getClaim(objects, pod.metadata.namespace, name)) || [];
	});
}

/** The volumes of the claims that are bound; undefined for one that is not there any more. */
export const boundVolumes = (objects: Reader, pod: Pod): (PersistentVolume | undefined)[] =>
	claimsOf(objects, pod)
		.filter(isBound)
		.map((claim) => getVolume(objects, claim.spec.volumeName));

/** What becomes of a claim that waits: a volume there is, or a new one. */
interface Choice {
	claim: PersistentVolumeClaim;
	volume?: PersistentVolume;
}

/** How the waiting claims of a pod can be met on a node; undefined where they cannot. */
export function chooseVolumes(objects: Reader, pod: Pod, node: Node): Choice[] | undefined {
	const waiting = claimsOf(objects, pod).filter((claim) => !isBound(claim));
	if (waiting.length === 0) return [];
	const volumes = objects.list<PersistentVolume>('persistentvolumes');
	const excluded = new Set<string>();
	const choices: Choice[] = [];
	for (const claim of waiting) {
		const elsewhere = annotation(claim, selectedNode);
		if (elsewhere !== undefined && elsewhere !== node.metadata.name) return undefined;
		const volume = findVolume(volumes, claim, { node, excluded });
		if (!volume && !canProvision(objects, claim, node)) return undefined;
		if (volume) excluded.add(volume.metadata.name);
		choices.push({ claim, volume });
	}
	return choices;
}

function canProvision(objects: Reader, claim: PersistentVolumeClaim, node: Node): boolean {
	const storageClass = getClass(objects, claim);
	return (
		storageClass !== undefined &&
		storageClass.provisioner !== noProvisioner &&
		!claim.spec.selector &&
		allowsNode(storageClass, node)
	);
}

/** Has the waiting claims of a pod bound for the node that was chosen; gives whether there are any. */
export function bindVolumes(client: Client, pod: Pod, nodeName: string): boolean {
	const node = client.get<Node>('nodes', '', nodeName);
	const choices = (node && chooseVolumes(client, pod, node)) ?? [];
	for (const { claim, volume } of choices) {
		if (volume) claimVolume(client, volume, claim);
		else if (annotation(claim, selectedNode) === undefined)
			client.update<PersistentVolumeClaim>(
				'persistentvolumeclaims',
				annotated(claim, { [selectedNode]: nodeName }),
			);
	}
	return choices.length > 0;
}
