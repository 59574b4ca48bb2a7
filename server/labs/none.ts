// No lab: terminals without a cluster.
import type { LabProvider } from './lab.ts';

export function createNoLab(): LabProvider {
	return {
		kind: 'none',
		description: 'No lab: this server was started without a cluster. Commands that need one fail.',
		create: async () => ({ kubeconfig: undefined, remove: async () => {} }),
		close: async () => {},
	};
}
