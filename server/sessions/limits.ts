// What one session, page or message may take of the server.

export interface Limits {
	sessions: number;
	terminalsPerSession: number;
	pagesPerSession: number;
	/** A session without a page ends after this long: enough for a closed laptop lid. In ms. */
	graceMs: number;
	/** A page that has not authenticated by then is cut off. In ms. */
	authenticationMs: number;
	/** How long a ticket is good for, in ms. */
	ticketMs: number;
	/** The largest message of a page, in bytes. */
	message: number;
	/** Bytes that a page has not read, above which it is cut off; it connects again when it can. */
	unread: number;
	/** The largest file that a page may save, in bytes. */
	file: number;
	/** Messages per second, and how many may come at once. */
	control: { perSecond: number; burst: number };
	input: { perSecond: number; burst: number };
	acknowledgements: { perSecond: number; burst: number };
}

export const defaultLimits: Limits = {
	sessions: 64,
	terminalsPerSession: 16,
	pagesPerSession: 16,
	graceMs: 3_600_000,
	authenticationMs: 5_000,
	ticketMs: 30_000,
	message: 300 << 10,
	unread: 32 << 20,
	file: 256 << 10,
	control: { perSecond: 50, burst: 200 },
	input: { perSecond: 1_000, burst: 2_000 },
	acknowledgements: { perSecond: 20_000, burst: 40_000 },
};

/** A token bucket: lets `perSecond` pass on average, and `burst` at once. */
export class RateLimit {
	readonly #perSecond: number;
	readonly #burst: number;
	#tokens: number;
	#last: number;

	constructor(rate: { perSecond: number; burst: number }, now = performance.now()) {
		this.#perSecond = rate.perSecond;
		this.#burst = rate.burst;
		this.#tokens = rate.burst;
		this.#last = now;
	}

	/** Whether one more may pass now (ms of any monotonic clock). */
	take(now = performance.now()): boolean {
		this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#last) / 1_000) * this.#perSecond);
		this.#last = now;
		if (this.#tokens < 1) return false;
		this.#tokens--;
		return true;
	}
}
