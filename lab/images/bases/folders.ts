// Folders that every image has, where the runtime mounts and programs write.
import type { FileTree } from '../../runtime/files.ts';

const anyoneMayWrite = { $directory: {}, mode: 0o1777 };

export function commonFolders(): FileTree {
	return {
		dev: {},
		etc: {},
		home: {},
		proc: {},
		root: { $directory: {}, mode: 0o700 },
		run: {},
		sys: {},
		tmp: anyoneMayWrite,
		var: { cache: {}, lib: {}, log: {}, run: { $link: '/run' }, spool: {}, tmp: anyoneMayWrite },
	};
}
