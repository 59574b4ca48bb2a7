import type { KubernetesObject, SelfSubjectRulesReview } from '../../schema/types.ts';
import { badRequest } from '../errors.ts';
import { defineResource } from '../registry.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { nameColumn } from './columns.ts';

/** All that who asks may do in a namespace (`kubectl auth can-i --list`). */
export const selfSubjectRulesReviews = defineResource<SelfSubjectRulesReview & KubernetesObject>({
	group: 'authorization.k8s.io',
	version: 'v1',
	kind: 'SelfSubjectRulesReview',
	plural: 'selfsubjectrulesreviews',
	singular: 'selfsubjectrulesreview',
	namespaced: false,
	verbs: ['create'],
	nameRule: dnsSubdomain,
	review(review, { access, user }) {
		const { namespace } = review.spec;
		if (!namespace) throw badRequest('no namespace on request');
		const { rules, errors } = access.authorizer.rulesFor(user, namespace);
		review.status = {
			resourceRules: rules
				.filter(({ resources }) => resources?.length)
				.map(({ verbs, apiGroups, resources, resourceNames }) => ({
					verbs,
					apiGroups,
					resources,
					...(resourceNames && { resourceNames }),
				})),
			nonResourceRules: rules
				.filter(({ nonResourceURLs }) => nonResourceURLs?.length)
				.map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
			incomplete: errors.length > 0,
			...(errors.length > 0 && { evaluationError: errors.join(', ') }),
		};
	},
	validate: () => [],
	columns: [nameColumn],
});
