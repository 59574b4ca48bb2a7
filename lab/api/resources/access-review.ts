// Whether somebody may do something: SelfSubjectAccessReview (`kubectl auth can-i`), SubjectAccessReview and
// LocalSubjectAccessReview (https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access).
import type { Attributes } from '../../auth/access.ts';
import type {
	KubernetesObject,
	LocalSubjectAccessReview,
	SelfSubjectAccessReview,
	SelfSubjectAccessReviewSpec,
	SubjectAccessReview,
	SubjectAccessReviewSpec,
} from '../../schema/types.ts';
import { invalid } from '../errors.ts';
import { type FieldError, invalidValue } from '../field-errors.ts';
import type { UserInfo } from '../http.ts';
import { defineResource, type RequestContext } from '../registry.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { nameColumn } from './columns.ts';

const group = 'authorization.k8s.io';

type Question = SelfSubjectAccessReviewSpec;

function attributesOf({ resourceAttributes, nonResourceAttributes }: Question): Attributes {
	if (!resourceAttributes) {
		const { verb = '', path = '' } = nonResourceAttributes ?? {};
		return { verb, path };
	}
	const { verb = '', namespace, group: apiGroup, resource, subresource, name } = resourceAttributes;
	return { verb, namespace, group: apiGroup, resource, subresource, name };
}

function answer({ access }: RequestContext, user: UserInfo, question: Question) {
	const { allowed, reason } = access.authorizer.authorize(user, attributesOf(question));
	return { allowed, ...(reason && { reason }) };
}

function validateQuestion({ resourceAttributes, nonResourceAttributes }: Question): FieldError[] {
	if (resourceAttributes && nonResourceAttributes)
		return [
			invalidValue(
				'spec.nonResourceAttributes',
				nonResourceAttributes,
				'cannot be specified in combination with resourceAttributes',
			),
		];
	if (!resourceAttributes && !nonResourceAttributes)
		return [
			invalidValue(
				'spec.resourceAttributes',
				null,
				'exactly one of nonResourceAttributes or resourceAttributes must be specified',
			),
		];
	return [];
}

function validateSubject({ user = '', groups = [] }: SubjectAccessReviewSpec): FieldError[] {
	if (user || groups.length > 0) return [];
	return [invalidValue('spec.user', user, 'at least one of user or group must be specified')];
}

const subjectOf = ({ user = '', uid, groups = [], extra }: SubjectAccessReviewSpec): UserInfo => ({
	username: user,
	groups,
	...(uid && { uid }),
	...(extra && { extra }),
});

const refuse = (kind: string, errors: readonly FieldError[]) => {
	if (errors.length > 0) throw invalid({ group, kind }, '', errors);
};

const common = {
	group,
	version: 'v1',
	verbs: ['create'] as const,
	nameRule: dnsSubdomain,
	validate: () => [],
	columns: [nameColumn],
};

export const selfSubjectAccessReviews = defineResource<SelfSubjectAccessReview & KubernetesObject>({
	...common,
	kind: 'SelfSubjectAccessReview',
	plural: 'selfsubjectaccessreviews',
	singular: 'selfsubjectaccessreview',
	namespaced: false,
	review(review, context) {
		refuse('SelfSubjectAccessReview', validateQuestion(review.spec));
		review.status = answer(context, context.user, review.spec);
	},
});

export const subjectAccessReviews = defineResource<SubjectAccessReview & KubernetesObject>({
	...common,
	kind: 'SubjectAccessReview',
	plural: 'subjectaccessreviews',
	singular: 'subjectaccessreview',
	namespaced: false,
	review(review, context) {
		const { spec } = review;
		refuse('SubjectAccessReview', [...validateQuestion(spec), ...validateSubject(spec)]);
		review.status = answer(context, subjectOf(spec), spec);
	},
});

export const localSubjectAccessReviews = defineResource<LocalSubjectAccessReview & KubernetesObject>({
	...common,
	kind: 'LocalSubjectAccessReview',
	plural: 'localsubjectaccessreviews',
	singular: 'localsubjectaccessreview',
	namespaced: true,
	review(review, context) {
		const { spec, metadata } = review;
		const errors = [...validateQuestion(spec), ...validateSubject(spec)];
		const namespace = spec.resourceAttributes?.namespace ?? '';
		if (spec.resourceAttributes && namespace !== metadata.namespace)
			errors.push(
				invalidValue('spec.resourceAttributes.namespace', namespace, 'must match metadata.namespace'),
			);
		if (spec.nonResourceAttributes)
			errors.push(
				invalidValue(
					'spec.nonResourceAttributes',
					spec.nonResourceAttributes,
					'disallowed on this kind of request',
				),
			);
		refuse('LocalSubjectAccessReview', errors);
		review.status = answer(context, subjectOf(spec), spec);
	},
});
