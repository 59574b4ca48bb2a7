// RuntimeClass: what a pod's runtime class takes beside its containers, and where such pods can run.
import type { Pod, RuntimeClass } from '../../schema/types.ts';
import { deepEqual } from '../deep-equal.ts';
import { forbidden } from '../errors.ts';
import { type AdmissionPlugin, type AdmissionRequest, refusedName } from './plugin.ts';

const podsResource = { group: '', plural: 'pods' };

const classOf = ({ object, context }: AdmissionRequest): RuntimeClass | undefined => {
	const { runtimeClassName } = (object as Pod).spec;
	if (!runtimeClassName) return undefined;
	const found = context.objects.get<RuntimeClass>('runtimeclasses.node.k8s.io', '', runtimeClassName);
	if (!found)
		throw forbidden(
			podsResource,
			object.metadata.name,
			`pod rejected: RuntimeClass ${JSON.stringify(runtimeClassName)} not found`,
		);
	return found;
};

export const runtimeClass: AdmissionPlugin = {
	resources: ['pods'],
	mutate(request) {
		if (request.operation !== 'create') return;
		const { spec, metadata } = request.object as Pod;
		const found = classOf(request);
		if (!found) return;
		const refuse = (why: string) => forbidden(podsResource, refusedName(metadata), why);
		const { overhead, scheduling } = found;
		if (overhead?.podFixed) {
			if (spec.overhead && !deepEqual(spec.overhead, overhead.podFixed))
				throw refuse("pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
			spec.overhead = { ...overhead.podFixed };
		}
		for (const [label, value] of Object.entries(scheduling?.nodeSelector ?? {})) {
			const own = spec.nodeSelector?.[label];
			if (own !== undefined && own !== value)
				throw refuse(
					`conflict: runtimeClass.scheduling.nodeSelector[${label}] = ${value}; pod.spec.nodeSelector[${label}] = ${own}`,
				);
			spec.nodeSelector = { ...spec.nodeSelector, [label]: value };
		}
		const known = spec.tolerations ?? [];
		const added = (scheduling?.tolerations ?? []).filter(
			(toleration) => !known.some((each) => deepEqual(each, toleration)),
		);
		if (added.length > 0) spec.tolerations = [...known, ...added];
	},
	validate(request) {
		if (request.operation !== 'create') return;
		const { spec, metadata } = request.object as Pod;
		if (spec.overhead && !classOf(request)?.overhead?.podFixed)
			throw forbidden(
				podsResource,
				metadata.name,
				'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead',
			);
	},
};
