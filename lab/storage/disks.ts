// The disks behind the lab's volumes: they hold their data until they are deleted, whoever has them attached.
import type { ContainerRuntime } from '../runtime/container.ts';
import type { Volume } from '../runtime/files.ts';
import type { SavedVolume } from '../runtime/saved-volume.ts';

export interface Disks {
	/** Makes a disk; does nothing where there is one of that handle. */
	create(handle: string, sizeBytes: number): void;
	/** What pods mount, undefined where there is no such disk. */
	volume(handle: string): Volume | undefined;
	resize(handle: string, sizeBytes: number): void;
	/** Deletes the disk with its data. */
	delete(handle: string): void;
	/** By handle. */
	save(): SavedDisks;
}

export type SavedDisks = Readonly<Record<string, SavedVolume>>;

type DiskRuntime = Pick<ContainerRuntime, 'createVolume' | 'resizeVolume' | 'saveVolume' | 'restoreVolume'>;

/** `saved` are the disks that there are from the start. */
export function createDisks(runtime: DiskRuntime, saved: SavedDisks = {}): Disks {
	const disks = new Map<string, Volume>();
	const create = (handle: string, sizeBytes: number) => {
		const disk = runtime.createVolume({ type: 'disk', source: '/dev/vdb', sizeBytes });
		disks.set(handle, disk);
		return disk;
	};
	for (const [handle, volume] of Object.entries(saved))
		runtime.restoreVolume(create(handle, volume.sizeBytes), volume);
	return {
		create(handle, sizeBytes) {
			if (!disks.has(handle)) create(handle, sizeBytes);
		},
		volume: (handle) => disks.get(handle),
		resize(handle, sizeBytes) {
			const disk = disks.get(handle);
			if (disk) runtime.resizeVolume(disk, sizeBytes);
		},
		delete(handle) {
			disks.delete(handle);
		},
		save: () => Object.fromEntries([...disks].map(([handle, disk]) => [handle, runtime.saveVolume(disk)])),
	};
}
