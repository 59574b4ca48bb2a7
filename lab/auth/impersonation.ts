// Acting as somebody else by the Impersonate- headers
// (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation).
import { badRequest } from '../api/errors.ts';
import type { ClientRequest, UserInfo } from '../api/http.ts';
import type { Attributes, Authorizer } from './access.ts';
import { forbiddenRequest } from './request-attributes.ts';
import {
	anonymousUser,
	everyoneAuthenticated,
	everyoneUnauthenticated,
	serviceAccountGroups,
	splitServiceAccountUsername,
} from './user.ts';

const extraPrefix = 'impersonate-extra-';

/** A front joins the values of a header that is sent more than once. */
const valuesOf = (header: string | undefined) => (header ? header.split(/, */) : []);

function decoded(key: string): string {
	try {
		return decodeURIComponent(key);
	} catch {
		return key;
	}
}

function extraOf(headers: ClientRequest['headers']): Record<string, string[]> {
	const extra: Record<string, string[]> = {};
	for (const [name, value] of Object.entries(headers))
		if (name.startsWith(extraPrefix)) extra[decoded(name.slice(extraPrefix.length))] = valuesOf(value);
	return extra;
}

/** Whoever is in system:unauthenticated by name is not in system:authenticated as well. */
function withEveryone(username: string, groups: readonly string[]): string[] {
	const known =
		username === anonymousUser ? [everyoneUnauthenticated] : [everyoneAuthenticated, everyoneUnauthenticated];
	return known.some((group) => groups.includes(group)) ? [...groups] : [...groups, known[0]];
}

/** The user to act as: the one who asks, unless the headers name another. Throws BadRequest and Forbidden. */
export function impersonate(
	{ headers }: ClientRequest,
	user: UserInfo,
	{ authorize }: Pick<Authorizer, 'authorize'>,
): UserInfo {
	const username = headers['impersonate-user'];
	const asked = valuesOf(headers['impersonate-group']);
	const uid = headers['impersonate-uid'];
	const extra = extraOf(headers);
	const extras = Object.entries(extra).flatMap(([key, values]) => values.map((value) => ({ key, value })));
	if (!username) {
		if (asked.length === 0 && extras.length === 0 && !uid) return user;
		const named = [
			...asked.map((group) => `{Group  ${group}    }`),
			...extras.map(({ key, value }) => `{UserExtra  ${value}  authentication.k8s.io/v1  ${key}}`),
			...(uid ? [`{UID  ${uid}  authentication.k8s.io/v1  }`] : []),
		];
		throw badRequest(`requested [${named.join(' ')}] without impersonating a user`);
	}
	const check = (attributes: Omit<Attributes, 'verb'>) => {
		const all = { verb: 'impersonate', ...attributes };
		const { allowed, reason } = authorize(user, all);
		if (!allowed) throw forbiddenRequest(user, all, reason);
	};
	const account = splitServiceAccountUsername(username);
	if (account) check({ group: '', resource: 'serviceaccounts', ...account });
	else check({ group: '', resource: 'users', name: username });
	for (const name of asked) check({ group: '', resource: 'groups', name });
	const group = 'authentication.k8s.io';
	for (const { key, value } of extras)
		check({ group, resource: 'userextras', subresource: key, name: value });
	if (uid) check({ group, resource: 'uids', name: uid });
	const groups = account && asked.length === 0 ? serviceAccountGroups(account.namespace) : asked;
	return {
		username,
		...(uid && { uid }),
		groups: withEveryone(username, groups),
		...(extras.length > 0 && { extra }),
	};
}
