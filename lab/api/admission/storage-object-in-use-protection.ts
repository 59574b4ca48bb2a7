// StorageObjectInUseProtection: claims and volumes do not go while they are in use; the controllers that know
// when that is over take the finalizer off.
import type { AdmissionPlugin } from './plugin.ts';

/** Held by a claim while a pod uses it, and by a volume while a claim is bound to it. */
export const claimProtection = 'kubernetes.io/pvc-protection';
export const volumeProtection = 'kubernetes.io/pv-protection';

export const storageObjectInUseProtection: AdmissionPlugin = {
	resources: ['persistentvolumeclaims', 'persistentvolumes'],
	mutate({ operation, resource, object: { metadata } }) {
		if (operation !== 'create') return;
		const finalizer = resource.key === 'persistentvolumes' ? volumeProtection : claimProtection;
		if (!metadata.finalizers?.includes(finalizer))
			metadata.finalizers = [...(metadata.finalizers ?? []), finalizer];
	},
};
