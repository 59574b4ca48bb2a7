// LimitRanger: a namespace's LimitRanges give containers requests and limits, and bound them
// (https://kubernetes.io/docs/concepts/policy/limit-range/).
import { parseQuantity } from '../../schema/quantity.ts';
import type {
	Container,
	LimitRange,
	LimitRangeItem,
	PersistentVolumeClaim,
	Pod,
} from '../../schema/types.ts';
import { forbidden } from '../errors.ts';
import { podResources } from '../quota/pod-resources.ts';
import type { RequestContext } from '../registry.ts';
import type { AdmissionPlugin, AdmissionRequest } from './plugin.ts';

type Quantities = Readonly<Record<string, string>>;

const rangesOf = ({ object, context }: { object: AdmissionRequest['object']; context: RequestContext }) =>
	context.objects.list<LimitRange>('limitranges', object.metadata.namespace);

/** Pods are bound when they are made and resized, claims when they grow as well. */
const isBounded = ({ resource, operation, scope }: AdmissionRequest) =>
	scope === 'resize' ||
	(scope === '' && (operation === 'create' || resource.key === 'persistentvolumeclaims'));

export const limitRanger: AdmissionPlugin = {
	resources: ['pods', 'persistentvolumeclaims'],
	mutate(request) {
		if (request.resource.key !== 'pods' || request.operation !== 'create') return;
		for (const range of rangesOf(request)) setDefaults(request.object as Pod, range);
	},
	validate(request) {
		if (!isBounded(request)) return;
		const { resource, object } = request;
		for (const range of rangesOf(request)) {
			const items = range.spec?.limits ?? [];
			const faults =
				resource.key === 'pods'
					? items.flatMap((item) => podFaults(object as Pod, item))
					: items.flatMap((item) => claimFaults(object as PersistentVolumeClaim, item));
			if (faults.length === 0) continue;
			const why = faults.length === 1 ? faults[0] : `[${[...new Set(faults)].join(', ')}]`;
			throw forbidden(resource, object.metadata.name, why);
		}
	},
};

/** The keys of what is left out, which is filled in from the defaults. */
function filledIn(own: Record<string, string>, defaults: Quantities): string[] {
	const missing = Object.keys(defaults)
		.filter((name) => own[name] === undefined)
		.sort();
	for (const name of missing) own[name] = defaults[name];
	return missing;
}

function setDefaults(pod: Pod, { spec }: LimitRange): void {
	const limits: Record<string, string> = {};
	const requests: Record<string, string> = {};
	for (const item of spec?.limits ?? []) {
		if (item.type !== 'Container') continue;
		Object.assign(limits, item.default);
		Object.assign(requests, item.defaultRequest);
	}
	const told: string[] = [];
	const fill = (container: Container, kind: string) => {
		const resources = container.resources ?? {};
		const own = { limits: { ...resources.limits }, requests: { ...resources.requests } };
		const requested = filledIn(own.requests, requests);
		const limited = filledIn(own.limits, limits);
		if (requested.length > 0) told.push(`${requested.join(', ')} request for ${kind} ${container.name}`);
		if (limited.length > 0) told.push(`${limited.join(', ')} limit for ${kind} ${container.name}`);
		container.resources = {
			...resources,
			...(Object.keys(own.limits).length > 0 && { limits: own.limits }),
			...(Object.keys(own.requests).length > 0 && { requests: own.requests }),
		};
	};
	for (const container of pod.spec.containers) fill(container, 'container');
	for (const container of pod.spec.initContainers ?? []) fill(container, 'init container');
	if (told.length > 0)
		pod.metadata.annotations = {
			...pod.metadata.annotations,
			'kubernetes.io/limit-ranger': `LimitRanger plugin set: ${told.join('; ')}`,
		};
}

interface Asked {
	requests: Quantities;
	limits: Quantities;
}

const value = (text: string | undefined) => (text === undefined ? undefined : parseQuantity(text).nanos);

function minimumFault(type: string, name: string, least: string, { requests, limits }: Asked): string[] {
	const bound = value(least) as bigint;
	const [request, limit] = [value(requests[name]), value(limits[name])];
	const rule = `minimum ${name} usage per ${type} is ${least}`;
	if (request === undefined) return [`${rule}.  No request is specified`];
	if (request < bound) return [`${rule}, but request is ${requests[name]}`];
	if (limit !== undefined && limit < bound) return [`${rule}, but limit is ${limits[name]}`];
	return [];
}

function maximumFault(type: string, name: string, most: string, { requests, limits }: Asked): string[] {
	const bound = value(most) as bigint;
	const [request, limit] = [value(requests[name]), value(limits[name])];
	const rule = `maximum ${name} usage per ${type} is ${most}`;
	if (limit === undefined) return [`${rule}.  No limit is specified`];
	if (limit > bound) return [`${rule}, but limit is ${limits[name]}`];
	if (request !== undefined && request > bound) return [`${rule}, but request is ${requests[name]}`];
	return [];
}

function ratioFault(type: string, name: string, most: string, { requests, limits }: Asked): string[] {
	const [request, limit] = [value(requests[name]), value(limits[name])];
	const rule = `${name} max limit to request ratio per ${type} is ${most}`;
	if (!request) return [`${rule}, but no request is specified or request is 0`];
	if (!limit) return [`${rule}, but no limit is specified or limit is 0`];
	const ratio = Number(limit) / Number(request);
	if (ratio * 1e9 <= Number(value(most))) return [];
	return [`${rule}, but provided ratio is ${ratio.toFixed(6)}`];
}

function faultsOf(item: LimitRangeItem, asked: Asked): string[] {
	const each = (
		bounds: Quantities | undefined,
		fault: (type: string, name: string, bound: string, asked: Asked) => string[],
	) =>
		Object.keys(bounds ?? {})
			.sort()
			.flatMap((name) => fault(item.type, name, (bounds as Quantities)[name], asked));
	return [
		...each(item.min, minimumFault),
		...each(item.max, maximumFault),
		...each(item.maxLimitRequestRatio, ratioFault),
	];
}

function podFaults(pod: Pod, item: LimitRangeItem): string[] {
	const containers = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
	if (item.type === 'Container')
		return containers.flatMap(({ resources }) =>
			faultsOf(item, { requests: resources?.requests ?? {}, limits: resources?.limits ?? {} }),
		);
	if (item.type === 'Pod')
		return faultsOf(item, {
			requests: podResources(pod, 'requests'),
			limits: podResources(pod, 'limits'),
		});
	return [];
}

function claimFaults({ spec }: PersistentVolumeClaim, item: LimitRangeItem): string[] {
	if (item.type !== 'PersistentVolumeClaim') return [];
	const requests = spec?.resources?.requests ?? {};
	// A claim has no limits: what it asks for is bounded from both sides.
	const asked = { requests, limits: {} };
	const most = item.max?.storage;
	return [
		...(item.min?.storage ? minimumFault(item.type, 'storage', item.min.storage, asked) : []),
		...(most !== undefined && (value(requests.storage) ?? 0n) > (value(most) as bigint)
			? [`maximum storage usage per ${item.type} is ${most}, but request is ${requests.storage}`]
			: []),
	];
}
