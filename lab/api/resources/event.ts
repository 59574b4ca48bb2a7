import type { Event } from '../../schema/types.ts';
import { type FieldError, invalidValue } from '../field-errors.ts';
import { defineResource } from '../registry.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { age, humanDuration, nameColumn } from './columns.ts';

const involved = (event: Event) =>
	`${(event.involvedObject.kind ?? '').toLowerCase()}/${event.involvedObject.name ?? ''}`;

function lastSeen(event: Event, now: number): string {
	const last = event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime;
	return last ? age(last, now) : 'unknown';
}

function firstSeen(event: Event, now: number): string {
	const first = event.firstTimestamp ?? event.eventTime;
	return first ? humanDuration(now - Date.parse(first)) : '<unknown>';
}

const source = (event: Event) => {
	const component = event.source?.component || event.reportingComponent || '';
	const host = event.source?.host || event.reportingInstance || '';
	return host && event.source?.host ? `${component}, ${host}` : component;
};

/** core/v1 Events: they belong to the involved object's namespace, `default` for cluster-scoped ones. */
export const events = defineResource<Event>({
	group: '',
	version: 'v1',
	kind: 'Event',
	plural: 'events',
	singular: 'event',
	shortNames: ['ev'],
	namespaced: true,
	createOnUpdate: true,
	nameRule: dnsSubdomain,
	validate(event) {
		const errors: FieldError[] = [];
		const namespace = event.involvedObject.namespace ?? '';
		const expected = namespace || 'default';
		if (
			event.metadata.namespace !== expected &&
			!(namespace === '' && event.metadata.namespace === 'kube-system')
		)
			errors.push(invalidValue('involvedObject.namespace', namespace, 'does not match event.namespace'));
		return errors;
	},
	columns: [
		{ name: 'Last Seen', type: 'string', cell: lastSeen },
		{ name: 'Type', type: 'string', cell: (event) => event.type ?? '' },
		{ name: 'Reason', type: 'string', cell: (event) => event.reason ?? '' },
		{ name: 'Object', type: 'string', cell: involved },
		{
			name: 'Subobject',
			type: 'string',
			priority: 1,
			cell: (event) => event.involvedObject.fieldPath ?? '',
		},
		{ name: 'Source', type: 'string', priority: 1, cell: source },
		{ name: 'Message', type: 'string', cell: (event) => (event.message ?? '').trim() },
		{ name: 'First Seen', type: 'string', priority: 1, cell: firstSeen },
		{
			name: 'Count',
			type: 'string',
			priority: 1,
			cell: (event) => event.series?.count ?? event.count ?? 1,
		},
		{ ...nameColumn, priority: 1 },
	],
	selectableFields: {
		'involvedObject.kind': (event) => event.involvedObject.kind ?? '',
		'involvedObject.namespace': (event) => event.involvedObject.namespace ?? '',
		'involvedObject.name': (event) => event.involvedObject.name ?? '',
		'involvedObject.uid': (event) => event.involvedObject.uid ?? '',
		'involvedObject.apiVersion': (event) => event.involvedObject.apiVersion ?? '',
		'involvedObject.resourceVersion': (event) => event.involvedObject.resourceVersion ?? '',
		'involvedObject.fieldPath': (event) => event.involvedObject.fieldPath ?? '',
		reason: (event) => event.reason ?? '',
		reportingComponent: (event) => event.reportingComponent ?? '',
		source: (event) => event.source?.component || event.reportingComponent || '',
		type: (event) => event.type ?? '',
	},
});
