// The objects that an admission policy is given as its parameters, which its binding refers to.
import type {
	KubernetesObject,
	ValidatingAdmissionPolicy,
	ValidatingAdmissionPolicyBinding,
} from '../../../schema/types.ts';
import { selectorMatches } from '../../selectors/label-selector.ts';
import type { AdmissionRequest } from '../plugin.ts';

/** One evaluation for each that is given; undefined stands for one without. Throws an Error that says what is amiss. */
export function parametersOf(
	{ spec: { paramKind } }: ValidatingAdmissionPolicy,
	{ spec: { paramRef } }: ValidatingAdmissionPolicyBinding,
	{ resource, object, context }: AdmissionRequest,
): (KubernetesObject | undefined)[] {
	if (!paramKind || !paramRef) return [undefined];
	const { apiVersion = '', kind = '' } = paramKind;
	const kindOf = context.resourceOf(apiVersion, kind);
	if (!kindOf) throw new Error(`paramKind kind \`${apiVersion}, Kind=${kind}\` not known`);
	if (paramRef.namespace && !kindOf.namespaced)
		throw new Error('paramRef.namespace must not be provided for a cluster-scoped `paramKind`');
	const own = resource.namespaced ? object.metadata.namespace : undefined;
	const namespace = kindOf.namespaced ? paramRef.namespace || own : '';
	if (namespace === undefined)
		throw new Error('cannot use namespaced paramRef in policy binding that matches cluster-scoped resources');
	const { name, selector } = paramRef;
	const named = name ? context.objects.get<KubernetesObject>(kindOf.key, namespace, name) : undefined;
	const found = name
		? named
			? [named]
			: []
		: context.objects
				.list<KubernetesObject>(kindOf.key, namespace)
				.filter(({ metadata }) => selectorMatches(selector, metadata.labels ?? {}));
	if (found.length === 0 && paramRef.parameterNotFoundAction === 'Deny')
		throw new Error('no params found for policy binding with `Deny` parameterNotFoundAction');
	return found;
}
