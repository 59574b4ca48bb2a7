// A pod goes only to nodes that its nodeSelector and required node affinity match.
import { matchesNodeAffinity } from '../node-selector.ts';
import { type Filter, unresolvable } from './filter.ts';

export const nodeAffinity: Filter = (pod, { node }) =>
	matchesNodeAffinity(pod, node)
		? undefined
		: unresolvable("node(s) didn't match Pod's node affinity/selector");
