// PersistentVolumeClaimResize: a claim grows only where it is bound, and its class allows that.
import { compareQuantities } from '../../schema/quantity.ts';
import type { PersistentVolumeClaim, StorageClass } from '../../schema/types.ts';
import { forbidden } from '../errors.ts';
import { classOf } from './default-storage-class.ts';
import type { AdmissionPlugin } from './plugin.ts';

const sizeOf = ({ spec }: PersistentVolumeClaim): string => spec.resources?.requests?.storage ?? '0';

export const persistentVolumeClaimResize: AdmissionPlugin = {
	resources: ['persistentvolumeclaims'],
	validate({ scope, object, old, resource, context }) {
		if (scope !== '' || !old) return;
		const claim = object as PersistentVolumeClaim;
		const before = old as PersistentVolumeClaim;
		if (compareQuantities(sizeOf(claim), sizeOf(before)) <= 0) return;
		const refuse = (why: string) => forbidden(resource, claim.metadata.name, why);
		if (before.status?.phase !== 'Bound') throw refuse('Only bound persistent volume claims can be expanded');
		const name = classOf(claim) ?? '';
		const storageClass = context.objects.get<StorageClass>('storageclasses.storage.k8s.io', '', name);
		if (!storageClass?.allowVolumeExpansion)
			throw refuse(
				'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
			);
	},
};
