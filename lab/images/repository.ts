// How a folder of this directory describes its repository.
import { sha256 } from '../runtime/programs/digests.ts';
import type { Image, ImageConfig, Repository } from './image.ts';

export const standardPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The configuration of an image that sets nothing but PATH. */
export const plainConfig: ImageConfig = {
	entrypoint: [],
	cmd: [],
	env: { PATH: standardPath },
	workingDir: '/',
};

export interface RepositoryOptions {
	name: string;
	hasTag(tag: string): boolean;
	/** What an image is made of; equal contents should share their layers. */
	content(tag: string): { config: ImageConfig; layers: Image['layers']; sizeBytes: number };
}

export function createRepository({ name, hasTag, content }: RepositoryOptions): Repository {
	return {
		name,
		hasTag,
		image(tag) {
			const reference = `${name}:${tag}`;
			return { reference, digest: `sha256:${sha256(reference)}`, ...content(tag) };
		},
	};
}

/**
 * Whether a tag is a version of a line: `1`, `1.27` or `1.27.3`. `lines` maps `1.27` to the number of its
 * last patch release.
 */
export function isVersion(text: string, lines: Readonly<Record<string, number>>): boolean {
	return fullVersion(text, lines) !== undefined;
}

/** The whole version that a tag like `1`, `1.27` or `1.27.3` stands for. */
export function fullVersion(text: string, lines: Readonly<Record<string, number>>): string | undefined {
	const [, line, patch] = /^(\d+\.\d+)(?:\.(\d+))?$/.exec(text) ?? [];
	if (line) {
		if (!Object.hasOwn(lines, line) || Number(patch ?? 0) > lines[line]) return undefined;
		return `${line}.${patch ?? lines[line]}`;
	}
	const newest = Object.keys(lines).findLast((known) => known.split('.')[0] === text);
	return newest && `${newest}.${lines[newest]}`;
}

/** Keeps what a function makes for a key. */
export function remember<T>(make: (key: string) => T): (key: string) => T {
	const made = new Map<string, T>();
	return (key) => {
		let value = made.get(key);
		if (value === undefined) {
			value = make(key);
			made.set(key, value);
		}
		return value;
	};
}
