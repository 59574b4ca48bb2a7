// Writing a learner's file into the working folder, and nowhere else.
import { constants } from 'node:fs';
import { mkdir, open, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, normalize, sep } from 'node:path';

/** The file would not lie in the working folder. */
export class OutsideError extends Error {}

const mend = 'Name a file inside the working folder, such as web.yaml.';

/**
 * Writes a file, and the folders it lies in, inside `folder`. A learner can make links there, so the real
 * place of its parent is what counts, and a link in its own place is not followed.
 * @throws OutsideError where it would leave the folder.
 */
export async function saveFile(folder: string, file: string, content: string): Promise<void> {
	const path = normalize(file);
	if (isAbsolute(path) || path === '.' || path.split(sep).includes('..') || path.includes('\0'))
		throw new OutsideError(`The file ${JSON.stringify(file)} lies outside the working folder. ${mend}`);
	const root = await realpath(folder);
	const inside = (real: string) => real === root || real.startsWith(root + sep);
	let parent = root;
	const folders = dirname(path);
	for (const name of folders === '.' ? [] : folders.split(sep)) {
		await mkdir(join(parent, name)).catch((error: NodeJS.ErrnoException) => {
			if (error.code !== 'EEXIST') throw error;
		});
		parent = await realpath(join(parent, name));
		if (!inside(parent))
			throw new OutsideError(
				`${JSON.stringify(file)} leaves the working folder by a link. Remove the link ${name}.`,
			);
	}
	const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW, O_NONBLOCK } = constants;
	const handle = await open(
		join(parent, basename(path)),
		O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK,
		0o644,
	).catch((error: NodeJS.ErrnoException) => {
		if (error.code !== 'ELOOP') throw error;
		throw new OutsideError(
			`${JSON.stringify(file)} is a link. Remove it (rm ${basename(path)}) and save again.`,
		);
	});
	try {
		if (!(await handle.stat()).isFile())
			throw new OutsideError(`${JSON.stringify(file)} is not a plain file. Remove it and save again.`);
		await handle.writeFile(content);
	} finally {
		await handle.close();
	}
}
