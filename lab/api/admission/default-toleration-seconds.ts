// DefaultTolerationSeconds: how long a pod stays on a node that has gone.
import type { Pod } from '../../schema/types.ts';
import type { AdmissionPlugin } from './plugin.ts';

export const defaultTolerationSeconds: AdmissionPlugin = {
	resources: ['pods'],
	mutate({ operation, object }) {
		if (operation === 'create') addDefaultTolerations(object as Pod);
	},
};

/** A pod stays five minutes on a node that is not ready or not reached, unless it says otherwise. */
function addDefaultTolerations({ spec }: Pod): void {
	const tolerations = spec.tolerations ?? [];
	for (const key of ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']) {
		const tolerated = tolerations.some(
			(each) => (each.key === key || !each.key) && (each.effect === 'NoExecute' || !each.effect),
		);
		if (!tolerated)
			tolerations.push({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 });
	}
	spec.tolerations = tolerations;
}
