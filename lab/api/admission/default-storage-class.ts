// DefaultStorageClass: a claim that names no class gets the default one.
import type { PersistentVolumeClaim, StorageClass } from '../../schema/types.ts';
import type { Client } from '../client.ts';
import { classAnnotation } from '../validation/persistent-volume-claim.ts';
import type { AdmissionPlugin } from './plugin.ts';

/** What makes a class the one for claims that name none. */
export const defaultClassAnnotation = 'storageclass.kubernetes.io/is-default-class';

export const isDefaultClass = ({ metadata }: StorageClass): boolean =>
	metadata.annotations?.[defaultClassAnnotation] === 'true' ||
	metadata.annotations?.['storageclass.beta.kubernetes.io/is-default-class'] === 'true';

/** The class that a claim asks for; undefined where it leaves that open, '' where it wants none. */
export const classOf = ({ metadata, spec }: PersistentVolumeClaim): string | undefined =>
	metadata.annotations?.[classAnnotation] ?? spec.storageClassName;

/** The default class; of several the newest. */
export function defaultClass(objects: Pick<Client, 'list'>): StorageClass | undefined {
	const [newest] = objects
		.list<StorageClass>('storageclasses.storage.k8s.io', '', isDefaultClass)
		.toSorted((a, b) =>
			(b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? ''),
		);
	return newest;
}

export const defaultStorageClass: AdmissionPlugin = {
	resources: ['persistentvolumeclaims'],
	mutate({ operation, object, context }) {
		const claim = object as PersistentVolumeClaim;
		if (operation !== 'create' || classOf(claim) !== undefined) return;
		const name = defaultClass(context.objects)?.metadata.name;
		if (name) claim.spec.storageClassName = name;
	},
};
