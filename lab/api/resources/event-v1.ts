import type { Event, EventsEvent } from '../../schema/types.ts';
import { fromEventsVersion, toEventsVersion } from '../conversion/event.ts';
import { defineVersion } from '../registry.ts';
import { events } from './event.ts';

/** events.k8s.io/v1: the same events as core's, under other names. */
export const eventsV1 = defineVersion<EventsEvent, Event>(events, {
	group: 'events.k8s.io',
	version: 'v1',
	toStored: fromEventsVersion,
	fromStored: toEventsVersion,
	selectableFields: {
		'regarding.kind': ({ regarding }) => regarding?.kind ?? '',
		'regarding.namespace': ({ regarding }) => regarding?.namespace ?? '',
		'regarding.name': ({ regarding }) => regarding?.name ?? '',
		'regarding.uid': ({ regarding }) => regarding?.uid ?? '',
		'regarding.apiVersion': ({ regarding }) => regarding?.apiVersion ?? '',
		'regarding.resourceVersion': ({ regarding }) => regarding?.resourceVersion ?? '',
		'regarding.fieldPath': ({ regarding }) => regarding?.fieldPath ?? '',
		reason: ({ reason }) => reason ?? '',
		reportingController: ({ reportingController }) => reportingController ?? '',
		type: ({ type }) => type ?? '',
	},
});
