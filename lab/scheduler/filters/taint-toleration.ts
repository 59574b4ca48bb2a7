// A node's taints keep away every pod that does not tolerate them.
import { toleratesTaint } from '../tolerations.ts';
import { type Filter, unresolvable } from './filter.ts';

export const taintToleration: Filter = (pod, { node }) => {
	const keepsAway = (node.spec.taints ?? []).some(
		(taint) => taint.effect !== 'PreferNoSchedule' && !toleratesTaint(pod, taint),
	);
	return keepsAway ? unresolvable('node(s) had untolerated taint(s)') : undefined;
};
