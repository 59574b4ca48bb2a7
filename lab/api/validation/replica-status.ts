// Counts of replicas in a status: none below 0, none above what they are a part of.
import { type FieldError, invalidValue } from '../field-errors.ts';
import { validateNotNegative } from './metadata.ts';

interface ReplicaCounts {
	replicas?: number;
	updatedReplicas?: number;
	fullyLabeledReplicas?: number;
	readyReplicas?: number;
	availableReplicas?: number;
	unavailableReplicas?: number;
	observedGeneration?: number;
	collisionCount?: number;
}

/** What a ReplicaSet counts, and a ReplicationController. */
export const replicatorCounts = [
	'replicas',
	'fullyLabeledReplicas',
	'readyReplicas',
	'availableReplicas',
	'observedGeneration',
] as const;

/** `counts` are named in the order in which the kind's faults are told. */
export function validateReplicaStatus(
	status: ReplicaCounts | undefined,
	counts: readonly (keyof ReplicaCounts)[],
): FieldError[] {
	if (!status) return [];
	const errors = counts.flatMap((count) => validateNotNegative(status[count], `status.${count}`));
	const parts = ['updatedReplicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'] as const;
	for (const part of parts)
		if (counts.includes(part) && (status[part] ?? 0) > (status.replicas ?? 0))
			errors.push(invalidValue(`status.${part}`, status[part], 'cannot be greater than status.replicas'));
	if ((status.availableReplicas ?? 0) > (status.readyReplicas ?? 0))
		errors.push(
			invalidValue(
				'status.availableReplicas',
				status.availableReplicas,
				'cannot be greater than readyReplicas',
			),
		);
	return errors;
}

/** Names of revisions and of sets are told apart by it, so that it never goes back. */
export function validateCollisionCount(
	{ collisionCount = 0 }: ReplicaCounts = {},
	{ collisionCount: old = 0 }: ReplicaCounts = {},
): FieldError[] {
	return collisionCount < old
		? [invalidValue('status.collisionCount', collisionCount, 'cannot be decremented')]
		: [];
}
