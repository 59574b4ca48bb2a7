// Rumours on their way: each is told a few times, and a newer one about a member takes the place of the older.
import type { Rumour } from './messages.ts';

/** RetransmitMult of memberlist's configuration for a LAN. */
const retransmitFactor = 4;
/** As many as one message takes along. */
const perMessage = 16;

export class Rumours {
	#waiting: { rumour: Rumour; told: number; done?: () => void }[] = [];

	get size(): number {
		return this.#waiting.length;
	}

	/** `done` is called when it has been told as often as it has to be. */
	add(rumour: Rumour, done?: () => void): void {
		const kind = (each: Rumour) => (each.type === 'leave-intent' ? 'intent' : 'state');
		this.#waiting = this.#waiting.filter((each) => {
			const replaced = each.rumour.name === rumour.name && kind(each.rumour) === kind(rumour);
			if (replaced) each.done?.();
			return !replaced;
		});
		this.#waiting.push({ rumour, told: 0, done });
	}

	/** The rumours that a message takes along, the least told ones first. */
	take(members: number): Rumour[] {
		const limit = retransmitFactor * Math.ceil(Math.log10(members + 1));
		const chosen = this.#waiting.sort((a, b) => a.told - b.told).slice(0, perMessage);
		for (const each of chosen) each.told++;
		this.#waiting = this.#waiting.filter(({ told, done }) => {
			if (told >= limit) done?.();
			return told < limit;
		});
		return chosen.map(({ rumour }) => rumour);
	}
}
