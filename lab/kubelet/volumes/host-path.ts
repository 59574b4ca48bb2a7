// hostPath volumes (kubernetes.io/docs/concepts/storage/volumes/#hostpath).
import type { Volume } from '../../runtime/files.ts';
import type { HostPathVolumeSource } from '../../schema/types.ts';
import type { HostFiles } from '../host-files.ts';

/** What each type must find; what ends in OrCreate is made where nothing is there. */
const expected: Readonly<Record<string, string>> = {
	Directory: 'directory',
	File: 'file',
	Socket: 'socket file',
	CharDevice: 'character device',
	BlockDevice: 'block device',
};

/** Throws where the path is not of the type that the volume names. */
export function hostPathVolume(files: HostFiles, { path, type = '' }: HostPathVolumeSource): Volume {
	if (type === '') return files.at(path, 'directory')!;
	const what = expected[type.replace(/OrCreate$/, '')];
	const create = type === 'DirectoryOrCreate' ? 'directory' : type === 'FileOrCreate' ? 'file' : undefined;
	const found = files.at(path, create);
	if (found?.kind !== what) throw new Error(`hostPath type check failed: ${path} is not a ${what}`);
	return found;
}
