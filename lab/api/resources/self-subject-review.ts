import type { KubernetesObject, SelfSubjectReview } from '../../schema/types.ts';
import { defineResource } from '../registry.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { nameColumn } from './columns.ts';

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
		const { username, uid, groups } = user;
		object.metadata.creationTimestamp = now;
		object.status = { userInfo: { username, ...(uid && { uid }), groups: [...groups] } };
	},
	validate: () => [],
	columns: [nameColumn],
});
