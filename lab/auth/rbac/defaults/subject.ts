// Whom the default bindings name.
import type { Subject } from '../../../schema/types.ts';
import { rbacGroup } from '../authorizer.ts';

export const group = (name: string): Subject => ({ kind: 'Group', apiGroup: rbacGroup, name });

export const user = (name: string): Subject => ({ kind: 'User', apiGroup: rbacGroup, name });

/** A service account of kube-system. */
export const account = (name: string): Subject => ({
	kind: 'ServiceAccount',
	name,
	namespace: 'kube-system',
});
