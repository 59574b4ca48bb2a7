import type { Node } from '../../schema/types.ts';
import { type FieldError, forbiddenField, invalidValue } from '../field-errors.ts';
import { defineResource } from '../registry.ts';
import { validateChoice } from '../validation/metadata.ts';
import { dnsSubdomain, labelValue, qualifiedName } from '../validation/names.ts';
import { ageColumn, nameColumn } from './columns.ts';

const none = (text: string | undefined) => text || '<none>';
const address = (node: Node, type: string) =>
	none(node.status?.addresses?.find((each) => each.type === type)?.address);

/** The roles that `node-role.kubernetes.io/…` labels give. */
function roles(node: Node): string {
	const prefix = 'node-role.kubernetes.io/';
	const found = Object.keys(node.metadata.labels ?? {})
		.filter((label) => label.startsWith(prefix) && label.length > prefix.length)
		.map((label) => label.slice(prefix.length));
	return none(found.sort().join(','));
}

function state(node: Node): string {
	const ready = node.status?.conditions?.find((each) => each.type === 'Ready');
	const words = [ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown'];
	if (node.spec?.unschedulable) words.push('SchedulingDisabled');
	return words.join(',');
}

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

function validateTaints(node: Node): FieldError[] {
	const errors: FieldError[] = [];
	const seen = new Set<string>();
	(node.spec?.taints ?? []).forEach((taint, index) => {
		const field = `spec.taints[${index}]`;
		for (const fault of qualifiedName(taint.key)) errors.push(invalidValue(`${field}.key`, taint.key, fault));
		for (const fault of labelValue(taint.value ?? ''))
			errors.push(invalidValue(`${field}.value`, taint.value, fault));
		errors.push(...validateChoice(taint.effect, effects, `${field}.effect`));
		const identity = `${taint.key}:${taint.effect}`;
		if (seen.has(identity))
			errors.push({
				reason: 'FieldValueDuplicate',
				field,
				value: taint,
				detail: 'taints must be unique by key and effect pair',
			});
		seen.add(identity);
	});
	return errors;
}

export const nodes = defineResource<Node>({
	group: '',
	version: 'v1',
	kind: 'Node',
	plural: 'nodes',
	singular: 'node',
	shortNames: ['no'],
	namespaced: false,
	hasStatus: true,
	nameRule: dnsSubdomain,
	setDefaults(node) {
		const { status } = node;
		if (status?.capacity) status.allocatable ??= { ...status.capacity };
	},
	validate: validateTaints,
	validateUpdate(node, old) {
		const errors: FieldError[] = [];
		const immutableOnceSet = ['podCIDR', 'providerID'] as const;
		for (const field of immutableOnceSet)
			if (old.spec?.[field] && node.spec?.[field] !== old.spec[field])
				errors.push(
					forbiddenField(`spec.${field}`, 'node updates may not change this field except from empty'),
				);
		return errors;
	},
	columns: [
		nameColumn,
		{ name: 'Status', type: 'string', cell: state },
		{ name: 'Roles', type: 'string', cell: roles },
		ageColumn,
		{ name: 'Version', type: 'string', cell: (node) => node.status?.nodeInfo?.kubeletVersion ?? '' },
		{ name: 'Internal-IP', type: 'string', priority: 1, cell: (node) => address(node, 'InternalIP') },
		{ name: 'External-IP', type: 'string', priority: 1, cell: (node) => address(node, 'ExternalIP') },
		{
			name: 'OS-Image',
			type: 'string',
			priority: 1,
			cell: (node) => node.status?.nodeInfo?.osImage || '<unknown>',
		},
		{
			name: 'Kernel-Version',
			type: 'string',
			priority: 1,
			cell: (node) => node.status?.nodeInfo?.kernelVersion || '<unknown>',
		},
		{
			name: 'Container-Runtime',
			type: 'string',
			priority: 1,
			cell: (node) => node.status?.nodeInfo?.containerRuntimeVersion || '<unknown>',
		},
	],
	subresources: [
		{ name: 'proxy', kind: 'NodeProxyOptions', verbs: ['create', 'delete', 'get', 'patch', 'update'] },
	],
	selectableFields: { 'spec.unschedulable': (node) => String(node.spec?.unschedulable ?? false) },
});
