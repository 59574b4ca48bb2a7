// The claims that a set makes for its pods from volumeClaimTemplates: they outlive the pods, and the set as
// well, unless persistentVolumeClaimRetentionPolicy says otherwise (KEP-1847).
import type { Client } from '../../api/client.ts';
import { deepEqual } from '../../api/deep-equal.ts';
import { ApiError } from '../../api/errors.ts';
import type {
	Draft,
	KubernetesObject,
	OwnerReference,
	PersistentVolumeClaim,
	Pod,
	StatefulSet,
} from '../../schema/types.ts';
import { controllerReference } from '../owner-references.ts';

const resource = 'persistentvolumeclaims';

/** The name of the claim that a template gives an ordinal, as `data-web-0`. */
export function claimName(set: StatefulSet, template: string, ordinal: number): string {
	return `${template}-${set.metadata.name}-${ordinal}`;
}

/**
 * Creates the claims of an ordinal that are missing, and tells of each. Throws where a pod would have to do
 * without one: what the server refuses, and a claim that is on its way out.
 */
export function createMissingClaims(
	client: Client,
	set: StatefulSet,
	ordinal: number,
	tell: { created(claim: string): void; refused(claim: string, why: string): void },
): void {
	const { namespace } = set.metadata;
	const missing: ApiError[] = [];
	for (const template of set.spec.volumeClaimTemplates ?? []) {
		const name = claimName(set, template.metadata.name, ordinal);
		const existing = client.get<PersistentVolumeClaim>(resource, namespace, name);
		if (existing && isLeaving(existing))
			missing.push(new ApiError(409, 'Conflict', `pvc ${name} is being deleted`));
		if (existing) continue;
		try {
			client.create(resource, claimFor(set, template, name));
			tell.created(name);
		} catch (error) {
			if (!(error instanceof ApiError)) throw error;
			tell.refused(name, error.message);
			missing.push(new ApiError(error.code, error.reason, `failed to create PVC ${name}: ${error.message}`));
		}
	}
	if (missing.length > 0) throw missing[0];
}

function claimFor(
	set: StatefulSet,
	template: PersistentVolumeClaim,
	name: string,
): Draft<PersistentVolumeClaim> {
	const { annotations, labels } = template.metadata;
	const retention = set.spec.persistentVolumeClaimRetentionPolicy;
	return {
		apiVersion: 'v1',
		kind: 'PersistentVolumeClaim',
		metadata: {
			name,
			namespace: set.metadata.namespace,
			labels: { ...labels, ...set.spec.selector.matchLabels },
			...(annotations ? { annotations } : {}),
			...(retention?.whenDeleted === 'Delete' ? { ownerReferences: [controllerReference(set)] } : {}),
		},
		spec: structuredClone(template.spec),
	};
}

/** To be deleted, by hand or because the pod that it was kept for has been scaled away. */
const isLeaving = ({ metadata }: PersistentVolumeClaim): boolean =>
	metadata.deletionTimestamp !== undefined ||
	(metadata.ownerReferences ?? []).some(({ kind, controller }) => kind === 'Pod' && controller === true);

/**
 * Gives the claims of a pod the owner that they are to go with: the set, where they go with it; the pod,
 * where it is beyond the replicas and they go when it is scaled down; else nobody.
 */
export function setClaimOwners(
	client: Client,
	set: StatefulSet,
	pod: Pod,
	ordinal: number,
	scaledDown: boolean,
): void {
	const { whenDeleted, whenScaled } = set.spec.persistentVolumeClaimRetentionPolicy ?? {};
	const owner = scaledDown && whenScaled === 'Delete' ? pod : whenDeleted === 'Delete' ? set : undefined;
	for (const { metadata } of set.spec.volumeClaimTemplates ?? []) {
		const name = claimName(set, metadata.name, ordinal);
		const claim = client.get<PersistentVolumeClaim>(resource, set.metadata.namespace, name);
		if (!claim || claim.metadata.deletionTimestamp) continue;
		const references = claim.metadata.ownerReferences ?? [];
		const owners = ownersOf(references, [set, pod], owner);
		if (!deepEqual(owners, references))
			client.update<PersistentVolumeClaim>(resource, {
				...claim,
				metadata: { ...claim.metadata, ownerReferences: owners },
			});
	}
}

/** The references without those to `ours`, and with the one to the owner, unless somebody else manages the claim. */
function ownersOf(
	references: readonly OwnerReference[],
	ours: readonly KubernetesObject[],
	owner: KubernetesObject | undefined,
): OwnerReference[] {
	const uids = new Set(ours.map(({ metadata }) => metadata.uid));
	const others = references.filter(({ uid }) => !uids.has(uid));
	return owner && !others.some(({ controller }) => controller)
		? [...others, controllerReference(owner)]
		: others;
}
