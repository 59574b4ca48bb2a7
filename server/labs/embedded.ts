// The embedded cluster: one simulated Kubernetes per chapter and session, hosted in a worker thread.
import type { LabProvider } from './lab.ts';

/** @param onError told of an error inside a lab, which goes on, or of the end of all of them. */
export async function createEmbeddedLab(
	pace: 'real' | 'fast',
	onError: (error: Error) => void,
): Promise<LabProvider> {
	// Loaded only here: the other labs need none of it.
	const { createLabHost } = await import('../../lab/node/host.ts');
	const host = createLabHost({ onError, onCrash: onError });
	return {
		kind: 'embedded',
		description: 'A simulated Kubernetes cluster, made for this session alone.',
		create: async ({ nodes }) => {
			const lab = await host.create({ nodes, pace });
			return {
				kubeconfig: lab.kubeconfig,
				visit: (host, port) => lab.visit(host, port),
				hurry: (on) => lab.setPace(on ? 'fast' : pace),
				remove: () => lab.remove(),
			};
		},
		close: () => host.close(),
	};
}
