import type { KubernetesObject, UserInfo as KubernetesUser, SelfSubjectReview } from '../../schema/types.ts';
import type { UserInfo } from '../http.ts';
import { defineResource } from '../registry.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { nameColumn } from './columns.ts';

/** A user as reviews tell of one. */
export function shownUser({ username, uid, groups, extra }: UserInfo): KubernetesUser {
	const told: Record<string, string[]> = {};
	for (const [key, values] of Object.entries(extra ?? {})) told[key] = [...values];
	return {
		username,
		...(uid && { uid }),
		groups: [...groups],
		...(extra && { extra: told }),
	};
}

type Review = SelfSubjectReview & KubernetesObject;

/** Who a request comes from (`kubectl auth whoami`, https://kubernetes.io/docs/reference/access-authn-authz/authentication/). */
export const selfSubjectReviews = defineResource<Review>({
	group: 'authentication.k8s.io',
	version: 'v1',
	kind: 'SelfSubjectReview',
	plural: 'selfsubjectreviews',
	singular: 'selfsubjectreview',
	namespaced: false,
	verbs: ['create'],
	nameRule: dnsSubdomain,
	review(object, { user, now }) {
		object.metadata.creationTimestamp = now;
		object.status = { userInfo: shownUser(user) };
	},
	validate: () => [],
	columns: [nameColumn],
});
