// Events of events.k8s.io/v1, which have other names for what core/v1 stores
// (k8s.io/api/events/v1: the deprecated fields are core's).
import type { Event, EventsEvent } from '../../schema/types.ts';

type Fields = Record<string, unknown>;

const given = <T extends Fields>(fields: T): T =>
	Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;

export function toEventsVersion(stored: Event): EventsEvent {
	const { metadata, eventTime, type, reason, action, related, series, reportingInstance } = stored;
	return given({
		apiVersion: 'events.k8s.io/v1',
		kind: 'Event',
		metadata,
		eventTime: eventTime as string,
		type,
		reason,
		action,
		related,
		series: series as EventsEvent['series'],
		reportingInstance,
		reportingController: stored.reportingComponent,
		note: stored.message,
		regarding: stored.involvedObject,
		deprecatedSource: stored.source,
		deprecatedFirstTimestamp: stored.firstTimestamp,
		deprecatedLastTimestamp: stored.lastTimestamp,
		deprecatedCount: stored.count,
	});
}

export function fromEventsVersion(event: EventsEvent): Event {
	const { metadata, eventTime, type, reason, action, related, series, reportingInstance } = event;
	return given({
		apiVersion: 'v1',
		kind: 'Event',
		metadata,
		eventTime,
		type,
		reason,
		action,
		related,
		series,
		reportingInstance,
		reportingComponent: event.reportingController,
		message: event.note,
		involvedObject: event.regarding ?? {},
		source: event.deprecatedSource,
		firstTimestamp: event.deprecatedFirstTimestamp,
		lastTimestamp: event.deprecatedLastTimestamp,
		count: event.deprecatedCount,
	});
}
