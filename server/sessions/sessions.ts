// Every session of a server: made for a browser, found by its cookie, ended when nobody has been there for long.
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRunning } from '../is-running.ts';
import { endProcesses } from './processes.ts';
import { RefusedError } from './refused-error.ts';
import { newMarker, Session, type SessionContext } from './session.ts';

/** A session's folder tells the server that it belongs to: `slidecar-PID-MARKER`. */
const folderName = /^slidecar-(\d+)-([0-9a-f]{32})$/;

const digest = (secret: string) => createHash('sha256').update(secret).digest('base64');

export class Sessions {
	readonly #context: SessionContext;
	/** By the digest of the cookie's value, so that how long a look-up takes tells nothing of it. */
	readonly #sessions = new Map<string, Session>();
	readonly #starting = new Set<Promise<unknown>>();
	/** One-use tickets and what they are good for. */
	readonly #tickets = new Map<string, { session: Session; expires: number }>();
	readonly #sweep: NodeJS.Timeout;
	#closed = false;

	constructor(context: SessionContext) {
		this.#context = context;
		const period = Math.min(context.limits.graceMs, 30_000);
		this.#sweep = setInterval(() => this.#endIdle(), period);
		this.#sweep.unref();
	}

	get all(): Session[] {
		return [...this.#sessions.values()];
	}

	/**
	 * The session of that cookie, or a new one.
	 * @throws RefusedError where the server has as many as it may.
	 */
	async findOrCreate(cookie: string | undefined): Promise<{ cookie: string; session: Session }> {
		const existing = cookie === undefined ? undefined : this.#sessions.get(digest(cookie));
		if (existing) return { cookie: cookie!, session: existing };
		const { limits } = this.#context;
		if (this.#closed || this.#sessions.size + this.#starting.size >= limits.sessions)
			throw new RefusedError(
				'limit',
				`This server has ${limits.sessions} sessions, its most. Try again later.`,
			);
		const marker = newMarker();
		const folder = join(tmpdir(), `slidecar-${process.pid}-${marker}`);
		const creating = Session.create(folder, marker, this.#context);
		this.#starting.add(creating);
		try {
			const session = await creating;
			const value = randomBytes(32).toString('base64url');
			this.#sessions.set(digest(value), session);
			return { cookie: value, session };
		} finally {
			this.#starting.delete(creating);
		}
	}

	find(cookie: string): Session | undefined {
		return this.#sessions.get(digest(cookie));
	}

	has(cookie: string): boolean {
		return this.#sessions.has(digest(cookie));
	}

	/** A ticket by which a page of the session may open its socket, once and soon. */
	ticket(session: Session): string {
		const now = Date.now();
		for (const [key, { expires }] of this.#tickets) if (expires < now) this.#tickets.delete(key);
		const ticket = randomBytes(32).toString('base64url');
		this.#tickets.set(digest(ticket), { session, expires: now + this.#context.limits.ticketMs });
		return ticket;
	}

	/** Takes a ticket; it is void from then on. */
	redeem(ticket: string): Session | undefined {
		const key = digest(ticket);
		const found = this.#tickets.get(key);
		this.#tickets.delete(key);
		if (!found || found.expires < Date.now() || !this.all.includes(found.session)) return undefined;
		return found.session;
	}

	/** Ends every session and what it has started. */
	async close(): Promise<void> {
		this.#closed = true;
		clearInterval(this.#sweep);
		await Promise.allSettled(this.#starting);
		await Promise.all([...this.#sessions.keys()].map((key) => this.#end(key)));
	}

	/** Likewise, at once: for a server that is about to exit. */
	endNow(): void {
		for (const session of this.#sessions.values()) session.endNow();
	}

	#endIdle(): void {
		const before = Date.now() - this.#context.limits.graceMs;
		for (const [key, session] of this.#sessions)
			if (session.idleSince !== undefined && session.idleSince <= before) void this.#end(key);
	}

	async #end(key: string): Promise<void> {
		const session = this.#sessions.get(key);
		this.#sessions.delete(key);
		await session?.end().catch((error) => this.#context.report(error, 'the end of a session'));
	}
}

/** Ends what a server left that was killed: its processes by their marker, and its folders. */
export async function endOrphans(folder = tmpdir()): Promise<void> {
	for (const name of readdirSync(folder)) {
		const match = folderName.exec(name);
		if (!match || isRunning(Number(match[1]))) continue;
		await endProcesses({ SLIDECAR_SESSION: match[2] });
		await rm(join(folder, name), { recursive: true, force: true });
	}
}
