// An image of the catalogue: a file tree with programs in it, and the configuration of its namesake.
import type { FileTree } from '../runtime/files.ts';

export interface ImageConfig {
	entrypoint: string[];
	cmd: string[];
	env: Record<string, string>;
	workingDir: string;
	/** As USER gives it, with its name where it is given by that; root where absent. */
	user?: { uid: number; gid: number; name?: string };
	stopSignal?: 'TERM' | 'QUIT' | 'INT' | 'WINCH';
	volumes?: string[];
}

export interface Image {
	/** Normalised: `docker.io/library/nginx:1.27`. */
	readonly reference: string;
	/** `sha256:…`, made from the reference. */
	readonly digest: string;
	readonly sizeBytes: number;
	readonly config: ImageConfig;
	/** Lowest first; shared by all containers of all labs, and never written to. */
	readonly layers: readonly FileTree[];
}

/** One folder under images/ exports one of these. */
export interface Repository {
	/** `docker.io/library/nginx`. */
	readonly name: string;
	/** Whether the real registry has such a tag. */
	hasTag(tag: string): boolean;
	image(tag: string): Image;
}

/** The catalogue, as a kubelet pulls from it. */
export interface Registry {
	/** The image of a reference as `normalise` takes it; rejects with an Error in containerd's words. */
	pull(reference: string): Promise<Image>;
	/** As containerd does it: `nginx` → `docker.io/library/nginx:latest`; throws an Error in containerd's words. */
	normalise(reference: string): string;
}
