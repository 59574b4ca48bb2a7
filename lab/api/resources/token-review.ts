import type { KubernetesObject, TokenReview } from '../../schema/types.ts';
import { badRequest } from '../errors.ts';
import { defineResource } from '../registry.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { nameColumn } from './columns.ts';
import { shownUser } from './self-subject-review.ts';

/** Whom a token belongs to (https://kubernetes.io/docs/reference/access-authn-authz/authentication/). */
export const tokenReviews = defineResource<TokenReview & KubernetesObject>({
	group: 'authentication.k8s.io',
	version: 'v1',
	kind: 'TokenReview',
	plural: 'tokenreviews',
	singular: 'tokenreview',
	namespaced: false,
	verbs: ['create'],
	nameRule: dnsSubdomain,
	review(review, { access }) {
		const { token, audiences } = review.spec;
		if (!token) throw badRequest('token is required for TokenReview in authentication');
		try {
			const found = access.tokens.authenticate(token, audiences?.length ? audiences : undefined);
			review.status = {
				authenticated: true,
				user: shownUser(found.user),
				audiences: [...found.audiences],
			};
		} catch (error) {
			review.status = { user: {}, error: (error as Error).message };
		}
	},
	validate: () => [],
	columns: [nameColumn],
});
