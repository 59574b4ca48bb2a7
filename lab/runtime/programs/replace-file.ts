// Editing a file in place.
import type { Call } from './tool.ts';

/**
 * A new file takes the old one's place, as sed -i and perl -i do: links to the old one keep it. With a suffix the old
 * one is kept by its name and that; in a suffix with `*` it stands for that name.
 */
export function replaceFile(
	call: Call,
	path: string,
	data: Uint8Array,
	status: { mode: number; uid: number; gid: number },
	suffix: string | undefined,
): void {
	const { files } = call.process;
	if (suffix) {
		const kept = suffix.includes('*') ? suffix.replaceAll('*', path) : path + suffix;
		files.writeFile(kept, files.readFile(path), { mode: status.mode });
	}
	const temporary = `${path.slice(0, path.lastIndexOf('/') + 1)}sed${Array.from({ length: 6 }, () => Math.floor(call.process.random() * 36).toString(36)).join('')}`;
	try {
		files.writeFile(temporary, data, { mode: status.mode });
	} catch (error) {
		call.fail(
			call.busybox
				? `can't create '${temporary}': ${(error as Error).message}`
				: `couldn't open temporary file ${temporary}: ${(error as Error).message}`,
			4,
		);
	}
	files.changeMode(temporary, status.mode);
	if (call.process.uid === 0) files.changeOwner(temporary, status.uid, status.gid);
	try {
		files.rename(temporary, path);
	} catch (error) {
		files.remove(temporary);
		call.fail(`cannot rename ${temporary}: ${(error as Error).message}`, 4);
	}
}
