// The names that Kubernetes itself gives to users and groups
// (https://kubernetes.io/docs/reference/access-authn-authz/authentication/).
import type { UserInfo } from '../api/http.ts';

export const anonymousUser = 'system:anonymous';
export const everyoneAuthenticated = 'system:authenticated';
export const everyoneUnauthenticated = 'system:unauthenticated';
/** Whoever is in it may do everything, whatever RBAC says. */
export const privilegedGroup = 'system:masters';

export const anonymous: UserInfo = { username: anonymousUser, groups: [everyoneUnauthenticated] };

const accountPrefix = 'system:serviceaccount:';

export const serviceAccountUsername = (namespace: string, name: string) =>
	`${accountPrefix}${namespace}:${name}`;

export const serviceAccountGroups = (namespace: string) => [
	'system:serviceaccounts',
	`system:serviceaccounts:${namespace}`,
];

/** The account that a username stands for; undefined where it is not one of a service account. */
export function splitServiceAccountUsername(
	username: string,
): { namespace: string; name: string } | undefined {
	const [namespace, name, ...rest] = username.startsWith(accountPrefix)
		? username.slice(accountPrefix.length).split(':')
		: [];
	return namespace && name && rest.length === 0 ? { namespace, name } : undefined;
}
