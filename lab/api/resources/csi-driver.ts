import type { CSIDriver } from '../../schema/types.ts';
import { deepEqual } from '../deep-equal.ts';
import { duplicate, type FieldError, invalidValue, notSupported } from '../field-errors.ts';
import { defineResource } from '../registry.ts';
import { immutable } from '../validation/metadata.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { unset } from './storage-columns.ts';

const fsGroupPolicies = ['File', 'None', 'ReadWriteOnceWithFSType'];
const lifecycleModes = ['Persistent', 'Ephemeral'];
const shortestTokenSeconds = 600;
const shortestAllocatableUpdateSeconds = 10;

function validateTokenRequests({ spec }: CSIDriver): FieldError[] {
	const audiences = new Set<string>();
	return (spec.tokenRequests ?? []).flatMap(({ audience, expirationSeconds: seconds }, index) => {
		const field = `spec.tokenRequests[${index}]`;
		if (audiences.has(audience)) return [duplicate(`${field}.audience`, audience)];
		audiences.add(audience);
		const refused = (detail: string) => [invalidValue(`${field}.expirationSeconds`, seconds, detail)];
		if (seconds === undefined) return [];
		if (seconds < shortestTokenSeconds) return refused('may not specify a duration less than 10 minutes');
		return seconds > 2 ** 32 ? refused('may not specify a duration larger than 2^32 seconds') : [];
	});
}

function validate(driver: CSIDriver): FieldError[] {
	const {
		fsGroupPolicy,
		volumeLifecycleModes = [],
		nodeAllocatableUpdatePeriodSeconds: period,
	} = driver.spec;
	const errors: FieldError[] = [];
	if (fsGroupPolicy !== undefined && !fsGroupPolicies.includes(fsGroupPolicy))
		errors.push(notSupported('spec.fsGroupPolicy', fsGroupPolicy, fsGroupPolicies));
	errors.push(...validateTokenRequests(driver));
	for (const mode of volumeLifecycleModes)
		if (!lifecycleModes.includes(mode))
			errors.push(notSupported('spec.volumeLifecycleModes', mode, lifecycleModes));
	if (period !== undefined && period < shortestAllocatableUpdateSeconds)
		errors.push(
			invalidValue(
				'spec.nodeAllocatableUpdatePeriodSeconds',
				period,
				'must be greater than or equal to 10 seconds',
			),
		);
	return errors;
}

export const csiDrivers = defineResource<CSIDriver>({
	group: 'storage.k8s.io',
	version: 'v1',
	kind: 'CSIDriver',
	plural: 'csidrivers',
	singular: 'csidriver',
	namespaced: false,
	returnsDeleted: true,
	replacesKnownVersion: true,
	nameRule: dnsSubdomain,
	setDefaults({ spec }) {
		spec.attachRequired ??= true;
		spec.podInfoOnMount ??= false;
		spec.storageCapacity ??= false;
		spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType';
		if (!spec.volumeLifecycleModes?.length) spec.volumeLifecycleModes = ['Persistent'];
		spec.requiresRepublish ??= false;
		spec.seLinuxMount ??= false;
	},
	validate,
	validateUpdate({ spec }, { spec: old }) {
		const errors: FieldError[] = [];
		// The server's own path for the first has a typing error.
		if (spec.attachRequired !== old.attachRequired)
			errors.push(invalidValue('spec.attachedRequired', spec.attachRequired, immutable));
		if (!deepEqual(spec.volumeLifecycleModes, old.volumeLifecycleModes))
			errors.push(invalidValue('spec.volumeLifecycleModes', spec.volumeLifecycleModes, immutable));
		return errors;
	},
	columns: [
		nameColumn,
		{ name: 'AttachRequired', type: 'boolean', cell: ({ spec }) => spec.attachRequired ?? true },
		{ name: 'PodInfoOnMount', type: 'boolean', cell: ({ spec }) => spec.podInfoOnMount ?? false },
		{ name: 'StorageCapacity', type: 'boolean', cell: ({ spec }) => spec.storageCapacity ?? false },
		{
			name: 'TokenRequests',
			type: 'string',
			cell: ({ spec }) => spec.tokenRequests?.map(({ audience }) => audience).join(',') || unset,
		},
		{ name: 'RequiresRepublish', type: 'boolean', cell: ({ spec }) => spec.requiresRepublish ?? false },
		{ name: 'Modes', type: 'string', cell: ({ spec }) => (spec.volumeLifecycleModes ?? []).join(',') },
		ageColumn,
	],
});
