// What a controller gets to work with, and what the control plane needs of it.
import type { Client } from '../api/client.ts';
import type { EventBroadcaster } from '../api/event-recorder.ts';
import type { Clock } from '../clock.ts';
import type { WorkQueue } from './work-queue.ts';

export interface ControllerContext {
	client: Client;
	clock: Clock;
	events: EventBroadcaster;
}

/** A running controller. */
export interface Controller {
	/** Reconciles at once what is waiting; used at boot, so that a new lab is complete when it is handed over. */
	drain(): void;
	stop(): void;
}

/** The controller that works through a queue; `ends` end the watches that fill it. */
export const queueController = (queue: WorkQueue, ends: readonly (() => void)[]): Controller => ({
	drain: queue.drain,
	stop() {
		for (const end of ends) end();
		queue.stop();
	},
});

/** Starts a controller: it watches from here on. */
export type StartController = (context: ControllerContext) => Controller;

/** The kinds that are stored, for controllers that look after every kind. */
export interface StoredKinds {
	readonly stored: readonly StoredKind[];
	/** Calls the handler once for each there is, and for each that is defined later. */
	eachStored(handler: (kind: StoredKind) => void): void;
}

export interface StoredKind {
	readonly key: string;
	readonly namespaced: boolean;
}
