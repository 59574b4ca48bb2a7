// PodLimit, a plugin that no other cluster has: a slip such as `--replicas=1000000` fills a real etcd in days, but the memory
// and the time that all labs of a host share in a minute.
import type { Pod } from '../../schema/types.ts';
import { forbidden } from '../errors.ts';
import { type AdmissionPlugin, refusedName } from './plugin.ts';

/** Far more than the nodes of a lab run: 110 each. */
export const mostPods = 2_000;

/** Refuses controllers' pods in a lab that has as many as it may; who creates pods one by one notices. */
export const podLimit: AdmissionPlugin = {
	resources: ['pods'],
	validate({ operation, object, resource, context }) {
		if (operation !== 'create') return;
		const { metadata } = object as Pod;
		if (!metadata.ownerReferences?.some(({ controller }) => controller)) return;
		if (context.objects.list('pods').length < mostPods) return;
		throw forbidden(
			resource,
			refusedName(metadata),
			`this lab has ${mostPods} pods, and controllers may make no more: scale down, or delete some`,
		);
	},
};
