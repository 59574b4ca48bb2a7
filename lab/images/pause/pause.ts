// registry.k8s.io/pause: the process that holds a pod's namespaces. It waits for a signal, and reaps.
import type { Program } from '../../runtime/process.ts';
import { createRepository, plainConfig } from '../repository.ts';

const pauseProgram: Program = async (process) => {
	let ended = false;
	for (const signal of ['INT', 'TERM'] as const)
		process.onSignal(signal, () => {
			ended = true;
		});
	while (!ended) {
		// A signal interrupts the wait.
		await process.sleep(2 ** 31 - 1).catch(() => {});
	}
	await process.write(2, 'Shutting down, got signal\n');
	return 0;
};

const layers = [{ pause: { $program: pauseProgram }, etc: {}, tmp: {} }];
const tags = ['3.1', '3.2', '3.3', '3.4.1', '3.5', '3.6', '3.7', '3.8', '3.9', '3.10', '3.10.1', 'latest'];

export const pause = createRepository({
	name: 'registry.k8s.io/pause',
	hasTag: (tag) => tags.includes(tag),
	content: () => ({
		config: { ...plainConfig, entrypoint: ['/pause'], user: { uid: 65535, gid: 65535 } },
		layers,
		sizeBytes: 320_368,
	}),
});
