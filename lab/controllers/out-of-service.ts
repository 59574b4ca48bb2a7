// Nodes of which an administrator says that they are down for certain
// (kubernetes.io/docs/concepts/cluster-administration/node-shutdown/#non-graceful-node-shutdown).
import type { Node } from '../schema/types.ts';

const outOfService = 'node.kubernetes.io/out-of-service';

export const isOutOfService = ({ taints = [] }: Node['spec']): boolean =>
	taints.some(({ key }) => key === outOfService);
