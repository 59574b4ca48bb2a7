// Where an agent keeps what it must remember: its data directory, or memory in development mode.
import type { FileSystem } from '../../../runtime/files.ts';

export interface Storage {
	/** Undefined where there is no such file. */
	read(path: string): string | undefined;
	/** Replaces a file as a whole, or not at all. */
	write(path: string, text: string): void;
	append(path: string, text: string): void;
	/** The names in a directory, sorted. */
	list(path: string): string[];
	remove(path: string): void;
}

/** Files under a directory, which is made where it is missing. Throws SystemError. */
export function createFileStorage(files: FileSystem, directory: string): Storage {
	const full = (path: string) => `${directory}/${path}`;
	const prepare = (path: string) => {
		const parent = full(path).replace(/\/[^/]*$/, '');
		if (!files.exists(parent)) files.makeDirectory(parent, { recursive: true, mode: 0o755 });
	};
	prepare('node-id');
	return {
		read: (path) => (files.exists(full(path)) ? files.readText(full(path)) : undefined),
		write(path, text) {
			prepare(path);
			files.writeFile(full(`${path}.tmp`), text, { mode: 0o600 });
			files.rename(full(`${path}.tmp`), full(path));
		},
		append(path, text) {
			prepare(path);
			files.writeFile(full(path), text, { mode: 0o600, append: true });
		},
		list: (path) => (files.exists(full(path)) ? [...files.list(full(path))].sort() : []),
		remove(path) {
			if (files.exists(full(path))) files.remove(full(path), { recursive: true });
		},
	};
}

export function createMemoryStorage(): Storage {
	const texts = new Map<string, string>();
	return {
		read: (path) => texts.get(path),
		write: (path, text) => void texts.set(path, text),
		append: (path, text) => void texts.set(path, (texts.get(path) ?? '') + text),
		list(path) {
			const names = [...texts.keys()].filter((name) => name.startsWith(`${path}/`));
			return [...new Set(names.map((name) => name.slice(path.length + 1).split('/')[0]))].sort();
		},
		remove(path) {
			for (const name of [...texts.keys()])
				if (name === path || name.startsWith(`${path}/`)) texts.delete(name);
		},
	};
}
