// A kubelet as a user: system:node:NAME in the group system:nodes
// (https://kubernetes.io/docs/reference/access-authn-authz/node/).
import type { UserInfo } from '../../api/http.ts';

const prefix = 'system:node:';
const nodesGroup = 'system:nodes';

/** The node whose kubelet the user is, '' for one without a name; undefined for who is none. */
export const nodeOf = ({ username, groups }: UserInfo): string | undefined =>
	username.startsWith(prefix) && groups.includes(nodesGroup) ? username.slice(prefix.length) : undefined;
