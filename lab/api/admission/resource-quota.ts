// ResourceQuota: what a namespace may hold in all. What is used stands in the quotas' status, which a controller
// reckons anew when something goes; here it grows with what is admitted.
import { addQuantities, compareQuantities, subtractQuantities } from '../../schema/quantity.ts';
import type { ResourceQuota } from '../../schema/types.ts';
import { forbidden } from '../errors.ts';
import { type Evaluator, evaluatorOf, type Usage } from '../quota/evaluators.ts';
import { quotaMatches } from '../quota/scopes.ts';
import type { AdmissionPlugin, AdmissionRequest } from './plugin.ts';

export const resourceQuota: AdmissionPlugin = {
	validate(request) {
		for (const { quota, delta, evaluator } of concerned(request)) check(request, quota, delta, evaluator);
	},
	account(request, put) {
		for (const { quota, delta } of concerned(request)) {
			const used = { ...quota.status?.used };
			for (const [name, quantity] of Object.entries(delta))
				used[name] = addQuantities(used[name] ?? '0', quantity);
			if (Object.keys(delta).length > 0)
				put('resourcequotas', {
					...quota,
					metadata: { ...quota.metadata },
					status: { ...quota.status, used },
				} as ResourceQuota);
		}
	},
};

interface Concern {
	quota: ResourceQuota;
	/** What the request adds to what the quota limits; nothing where it only takes away. */
	delta: Usage;
	evaluator: Evaluator;
}

function concerned({ operation, scope, resource, object, old, context }: AdmissionRequest): Concern[] {
	const resized = scope === 'resize';
	if (scope !== '' && !resized) return [];
	const quotas = context.objects.list<ResourceQuota>('resourcequotas', object.metadata.namespace);
	if (quotas.length === 0) return [];
	const evaluator = evaluatorOf(resource.key);
	if (!evaluator || (operation === 'update' && !evaluator.onUpdate && !resized)) return [];
	return quotas.flatMap((quota) => {
		const hard = quota.spec?.hard ?? {};
		const limited = Object.keys(hard).filter(evaluator.counts);
		if (limited.length === 0 || !quotaMatches(quota.spec ?? {}, resource.key, object)) return [];
		const before = old && quotaMatches(quota.spec ?? {}, resource.key, old) ? evaluator.usage(old) : {};
		return [{ quota, delta: added(evaluator.usage(object), before, limited), evaluator }];
	});
}

function added(after: Usage, before: Usage, limited: readonly string[]): Usage {
	const delta: Usage = {};
	for (const name of limited) {
		const more = subtractQuantities(after[name] ?? '0', before[name] ?? '0');
		if (compareQuantities(more, '0') > 0) delta[name] = more;
	}
	return delta;
}

const listed = (quantities: Usage, names: readonly string[]) =>
	names.map((name) => `${name}=${quantities[name] ?? '0'}`).join(',');

/** Throws Forbidden. */
function check(
	{ resource, object, operation }: AdmissionRequest,
	quota: ResourceQuota,
	delta: Usage,
	evaluator: Evaluator,
): void {
	const refuse = (why: string) => forbidden(resource, object.metadata.name, why);
	const { name } = quota.metadata;
	const { hard = {}, used = {} } = quota.status ?? {};
	const limited = Object.keys(quota.spec?.hard ?? {})
		.filter(evaluator.counts)
		.sort();
	const missing = operation === 'create' ? (evaluator.missing?.(object, limited) ?? []) : [];
	if (missing.length > 0) throw refuse(`failed quota: ${name}: must specify ${missing.join('; ')}`);
	if (limited.some((each) => used[each] === undefined))
		throw refuse(`status unknown for quota: ${name}, resources: ${limited.join(',')}`);
	const exceeded = Object.keys(delta)
		.filter((each) => compareQuantities(addQuantities(used[each], delta[each]), hard[each] ?? '0') > 0)
		.sort();
	if (exceeded.length > 0)
		throw refuse(
			`exceeded quota: ${name}, requested: ${listed(delta, exceeded)}, used: ${listed(used, exceeded)}, limited: ${listed(hard, exceeded)}`,
		);
}
