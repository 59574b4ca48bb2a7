// The authorizers of a kubeadm cluster in their order: Node, then RBAC. The first that allows a request decides
// (https://kubernetes.io/docs/reference/access-authn-authz/authorization/#authorization-modules).
import type { Client } from '../api/client.ts';
import type { Authorizer } from './access.ts';
import { createNodeAuthorizer } from './node/authorizer.ts';
import { createRbacAuthorizer } from './rbac/authorizer.ts';

export function createAuthorizer(objects: Pick<Client, 'get' | 'list'>): Authorizer {
	const node = createNodeAuthorizer(objects);
	const rbac = createRbacAuthorizer(objects);
	return {
		rulesOf: rbac.rulesOf,
		authorize(user, attributes) {
			const first = node.authorize(user, attributes);
			if (first.allowed) return first;
			const second = rbac.authorize(user, attributes);
			if (second.allowed || !first.reason) return second;
			return { allowed: false, reason: [first.reason, second.reason].filter(Boolean).join('\n') };
		},
		rulesFor(user, namespace) {
			const parts = [node.rulesFor(user, namespace), rbac.rulesFor(user, namespace)];
			return {
				rules: parts.flatMap(({ rules }) => rules),
				errors: parts.flatMap(({ errors }) => errors),
			};
		},
	};
}
