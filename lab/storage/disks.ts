// The disks behind the lab's volumes: they hold their data until they are deleted, whoever has them attached.
import type { ContainerRuntime } from '../runtime/container.ts';
import type { Volume } from '../runtime/files.ts';

export interface Disks {
	/** Makes a disk; does nothing where there is one of that handle. */
	create(handle: string, sizeBytes: number): void;
	/** What pods mount, undefined where there is no such disk. */
	volume(handle: string): Volume | undefined;
	resize(handle: string, sizeBytes: number): void;
	/** Deletes the disk with its data. */
	delete(handle: string): void;
}

export function createDisks(runtime: Pick<ContainerRuntime, 'createVolume' | 'resizeVolume'>): Disks {
	const disks = new Map<string, Volume>();
	return {
		create(handle, sizeBytes) {
			if (disks.has(handle)) return;
			disks.set(handle, runtime.createVolume({ type: 'disk', source: '/dev/vdb', sizeBytes }));
		},
		volume: (handle) => disks.get(handle),
		resize(handle, sizeBytes) {
			const disk = disks.get(handle);
			if (disk) runtime.resizeVolume(disk, sizeBytes);
		},
		delete(handle) {
			disks.delete(handle);
		},
	};
}
