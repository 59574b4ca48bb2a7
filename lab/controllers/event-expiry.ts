// Events are kept for an hour after they were last written (kube-apiserver's --event-ttl).
import type { Timer } from '../clock.ts';
import type { Event } from '../schema/types.ts';
import type { StartController } from './controller.ts';
import { keyOf, splitKey } from './work-queue.ts';

const timeToLiveMs = 3_600_000;

export const startEventExpiry: StartController = ({ client, clock }) => {
	/** When each event goes, by key, in that order: the one written last goes last. */
	const expiries = new Map<string, number>();
	let timer: Timer | undefined;

	const expire = () => {
		timer = undefined;
		const now = clock.now();
		for (const [key, at] of expiries) {
			if (at > now) break;
			expiries.delete(key);
			const { namespace, name } = splitKey(key);
			if (client.get<Event>('events', namespace, name)) client.delete('events', namespace, name);
		}
		wait();
	};

	/** One timer for all: for the event that goes first. */
	const wait = () => {
		const [first] = expiries.values();
		if (first === undefined) {
			timer?.cancel();
			timer = undefined;
		} else timer ??= clock.after(Math.max(1, first - clock.now()), expire);
	};

	const end = client.watch<Event>('events', ({ type, object }) => {
		const key = keyOf(object);
		expiries.delete(key);
		if (type !== 'DELETED') expiries.set(key, clock.now() + timeToLiveMs);
		wait();
	});
	return {
		drain() {},
		stop() {
			end();
			timer?.cancel();
		},
	};
};
