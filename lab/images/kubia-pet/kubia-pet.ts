// luksa/kubia-pet, a pet of the book Kubernetes in Action: an application on Node.js 7 that stores what is posted
// to it in /var/data/kubia.txt, and answers with its host name and what it has stored. All that it does is here;
// the source in /app.js is not.

import { nodeLayers } from '../bases/node.ts';
import { createRepository, standardPath } from '../repository.ts';
import { kubia, storedData } from './application.ts';

const nodeVersion = '7.10.1';

const layers = nodeLayers(
	nodeVersion,
	kubia('New data has been received and stored.', async function* (process) {
		yield `You've hit ${process.hostname}\n`;
		yield `Data stored on this pod: ${storedData(process)}\n`;
	}),
);

export const kubiaPet = createRepository({
	name: 'docker.io/luksa/kubia-pet',
	hasTag: (tag) => tag === 'latest',
	content: () => ({
		config: {
			entrypoint: ['node', 'app.js'],
			cmd: [],
			env: { PATH: standardPath, NODE_VERSION: nodeVersion, NPM_CONFIG_LOGLEVEL: 'info' },
			workingDir: '/',
		},
		layers,
		sizeBytes: 263_000_000,
	}),
});
