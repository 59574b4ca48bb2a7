// otomato/alpine-netcat: Alpine with netcat, and with curl under the tag `curl`.

import { alpineTree, newestAlpine } from '../bases/alpine.ts';
import { executables } from '../bases/debian.ts';
import { createRepository, plainConfig, remember } from '../repository.ts';

const layersOf = remember((tag: string) => [
	alpineTree(newestAlpine, { usrBin: tag === 'curl' ? executables(['curl']) : {} }),
]);

export const alpineNetcat = createRepository({
	name: 'docker.io/otomato/alpine-netcat',
	hasTag: (tag) => tag === 'latest' || tag === 'curl',
	content: (tag) => ({
		config: { ...plainConfig, cmd: ['/bin/sh'] },
		layers: layersOf(tag),
		sizeBytes: tag === 'curl' ? 5_120_000 : 2_980_000,
	}),
});
