// A cordoned node takes no pod, unless the pod tolerates that.
import { unschedulableTaint } from '../../controllers/node-lifecycle.ts';
import { toleratesTaint } from '../tolerations.ts';
import { type Filter, unresolvable } from './filter.ts';

export const nodeUnschedulable: Filter = (pod, { node }) =>
	node.spec.unschedulable && !toleratesTaint(pod, { key: unschedulableTaint, effect: 'NoSchedule' })
		? unresolvable('node(s) were unschedulable')
		: undefined;
