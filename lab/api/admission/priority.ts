// Priority: a pod's number comes from its class, or from the class that is the default.
import type { Pod, PriorityClass } from '../../schema/types.ts';
import { forbidden } from '../errors.ts';
import type { RequestContext } from '../registry.ts';
import { type AdmissionPlugin, refusedName } from './plugin.ts';

const key = 'priorityclasses.scheduling.k8s.io';
const podsResource = { group: '', plural: 'pods' };

export const priority: AdmissionPlugin = {
	resources: ['pods', key],
	mutate({ operation, object, resource, context }) {
		if (resource.key === 'pods' && operation === 'create') admitPod(object as Pod, context);
	},
	validate({ object, old, resource, context }) {
		if (resource.key === key) checkDefault(object as PriorityClass, old as PriorityClass, context);
	},
};

/** The class marked as the default; of several the one of least priority. */
function defaultClass({ objects }: RequestContext): PriorityClass | undefined {
	return objects
		.list<PriorityClass>(key, '', ({ globalDefault }) => globalDefault === true)
		.toSorted((a, b) => (a.value ?? 0) - (b.value ?? 0))[0];
}

function admitPod({ spec, metadata }: Pod, context: RequestContext): void {
	const named = spec.priorityClassName;
	const found = named ? context.objects.get<PriorityClass>(key, '', named) : defaultClass(context);
	const refuse = (why: string) => forbidden(podsResource, refusedName(metadata), why);
	if (named && !found) throw refuse(`no PriorityClass with name ${named} was found`);
	const value = found?.value ?? 0;
	const policy = found?.preemptionPolicy ?? 'PreemptLowerPriority';
	if (spec.priority !== undefined && spec.priority !== value)
		throw refuse(
			`the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
		);
	if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== policy)
		throw refuse(
			`the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`,
		);
	if (!named && found) spec.priorityClassName = found.metadata.name;
	spec.priority = value;
	spec.preemptionPolicy = policy;
}

/** Only one class can be the default. */
function checkDefault(created: PriorityClass, old: PriorityClass | undefined, context: RequestContext): void {
	if (!created.globalDefault || old?.globalDefault) return;
	const other = defaultClass(context);
	if (other && other.metadata.name !== created.metadata.name)
		throw forbidden(
			{ group: 'scheduling.k8s.io', plural: 'priorityclasses' },
			created.metadata.name,
			`PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist`,
		);
}
