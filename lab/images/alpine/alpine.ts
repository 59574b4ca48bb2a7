// The official image `alpine`: Alpine Linux' base system. There is no package manager, since there is nothing
// outside the lab to install from.
import { alpineLines, alpineTree, newestAlpine } from '../bases/alpine.ts';
import { createRepository, fullVersion, isVersion, plainConfig, remember } from '../repository.ts';

const layersOf = remember((release: string) => [alpineTree(release)]);

export const alpine = createRepository({
	name: 'docker.io/library/alpine',
	hasTag: (tag) => tag === 'latest' || tag === 'edge' || isVersion(tag, alpineLines),
	content: (tag) => ({
		config: { ...plainConfig, cmd: ['/bin/sh'] },
		layers: layersOf(fullVersion(tag, alpineLines) ?? newestAlpine),
		sizeBytes: 3_645_000,
	}),
});
