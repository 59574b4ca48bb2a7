// The embedded cluster: one simulated Kubernetes per chapter and session, hosted in a worker thread.
import type { LabProvider } from './lab.ts';

export async function createEmbeddedLab(pace: 'real' | 'fast'): Promise<LabProvider> {
	// Loaded only here: the other labs need none of it.
	const { createLabHost } = await import('../../lab/node/host.ts');
	const host = await createLabHost();
	return {
		kind: 'embedded',
		description: 'A simulated Kubernetes cluster, made for this session alone.',
		create: async ({ nodes }) => host.create({ nodes, pace }),
		close: async () => host.close(),
	};
}
