// vfarcic/go-demo-3, an API in Go on Alpine that keeps people's names in MongoDB (github.com/vfarcic/go-demo-3).
// All that it does is here; of its metrics those of its own requests.
import { alpineTree } from '../bases/alpine.ts';
import { programs } from '../bases/debian.ts';
import { createRepository, standardPath } from '../repository.ts';
import { goDemo } from './application.ts';

const layers = [alpineTree('3.9.6'), { usr: { local: { bin: programs({ 'go-demo': goDemo }) } } }];

export const goDemo3 = createRepository({
	name: 'docker.io/vfarcic/go-demo-3',
	hasTag: (tag) => tag === 'latest' || /^[12]\.\d{1,2}(?:-beta)?$/.test(tag),
	content: () => ({
		config: {
			entrypoint: [],
			cmd: ['go-demo'],
			env: { PATH: standardPath, DB: 'db' },
			workingDir: '/',
		},
		layers,
		sizeBytes: 10_900_000,
	}),
});
