// registry.k8s.io/kubectl: kubectl on Debian, for jobs, sidecars and whoever asks the API from a pod. It has what
// such pods do: get, create, apply (on the server's side), delete, patch, scale, label, annotate, logs, wait,
// rollout status and restart, auth can-i and whoami, version. What else kubectl has, it refuses by name.
import { debianTree } from '../bases/debian.ts';
import { createRepository, plainConfig, remember } from '../repository.ts';
import { kubectlProgram } from './main.ts';

/** The last patch release of each minor version that has an image. */
const minors: Readonly<Record<string, number>> = {
	28: 15,
	29: 15,
	30: 14,
	31: 14,
	32: 11,
	33: 7,
	34: 5,
	35: 3,
	36: 2,
};

const debianBase = remember(() => debianTree());
const layersOf = remember((release: string) => [
	debianBase(''),
	{ usr: { bin: { kubectl: { $program: kubectlProgram(release) } } } },
]);

export const kubectl = createRepository({
	name: 'registry.k8s.io/kubectl',
	hasTag(tag) {
		const [, minor, patch] = /^v1\.(\d+)\.(\d+)$/.exec(tag) ?? [];
		return minor !== undefined && Object.hasOwn(minors, minor) && Number(patch) <= minors[minor];
	},
	content: (tag) => ({
		config: { ...plainConfig, entrypoint: ['/bin/kubectl'] },
		layers: layersOf(tag),
		sizeBytes: 52_800_000,
	}),
});
