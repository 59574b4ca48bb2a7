// How a terminal's output reaches the pages that watch it, each at its own pace.
import { flowControl } from '../protocol.ts';
import type { OutputRing } from './ring.ts';

/** A page's end of a terminal. */
export interface Viewer {
	output(offset: number, bytes: Buffer): void;
	/** The output from where the viewer is was overwritten, so it gets the screen instead, and goes on at `offset`. */
	snapshot(offset: number): void;
}

interface Cursor {
	/** Everything before it was sent. */
	sent: number;
	/** Everything before it was parsed by the page. */
	acknowledged: number;
	paused: boolean;
	/** Something was sent in this turn of the event loop: what follows waits for the next, in one frame. */
	sentThisTurn: boolean;
}

const longestFrame = 1 << 16;

export class Viewers {
	readonly #ring: OutputRing;
	readonly #snapshotOffset: () => number;
	readonly #paceChanged: () => void;
	readonly #cursors = new Map<Viewer, Cursor>();

	/**
	 * @param snapshotOffset up to where the screen shows the output.
	 * @param paceChanged called when `allBehind` may have changed.
	 */
	constructor(ring: OutputRing, snapshotOffset: () => number, paceChanged: () => void) {
		this.#ring = ring;
		this.#snapshotOffset = snapshotOffset;
		this.#paceChanged = paceChanged;
	}

	/**
	 * Whether every page that watches waits for its acknowledgements: then reading more would only push output
	 * out of the ring. One page that keeps up is enough to go on; a page that lags is given a snapshot later.
	 */
	get allBehind(): boolean {
		if (this.#cursors.size === 0) return false;
		for (const cursor of this.#cursors.values()) if (!cursor.paused) return false;
		return true;
	}

	/** Starts to send from an offset on; again for a viewer that is there: from the new offset. */
	attach(viewer: Viewer, offset: number): void {
		const known = offset >= this.#ring.start && offset <= this.#ring.end;
		const cursor: Cursor = { sent: offset, acknowledged: offset, paused: false, sentThisTurn: false };
		this.#cursors.set(viewer, cursor);
		if (!known) this.#replaceBySnapshot(viewer, cursor);
		// Also where there is nothing to send: a page takes silence for a connection that is cut.
		else if (offset === this.#ring.end) viewer.output(offset, Buffer.alloc(0));
		this.#send(viewer, cursor);
		this.#paceChanged();
	}

	detach(viewer: Viewer): void {
		if (this.#cursors.delete(viewer)) this.#paceChanged();
	}

	acknowledge(viewer: Viewer, offset: number): void {
		const cursor = this.#cursors.get(viewer);
		if (!cursor || offset <= cursor.acknowledged || offset > cursor.sent) return;
		cursor.acknowledged = offset;
		if (!cursor.paused || cursor.sent - offset > flowControl.low) return;
		cursor.paused = false;
		this.#send(viewer, cursor);
		this.#paceChanged();
	}

	/** Output was appended to the ring. */
	flush(): void {
		for (const [viewer, cursor] of this.#cursors) this.#send(viewer, cursor);
	}

	#replaceBySnapshot(viewer: Viewer, cursor: Cursor): void {
		const offset = this.#snapshotOffset();
		cursor.sent = offset;
		cursor.acknowledged = offset;
		viewer.snapshot(offset);
	}

	#send(viewer: Viewer, cursor: Cursor): void {
		if (cursor.sentThisTurn || cursor.paused || cursor.sent === this.#ring.end) return;
		if (cursor.sent < this.#ring.start) this.#replaceBySnapshot(viewer, cursor);
		while (cursor.sent < this.#ring.end && !cursor.paused) {
			const room = flowControl.high - (cursor.sent - cursor.acknowledged);
			const bytes = this.#ring.read(cursor.sent, Math.min(longestFrame, room));
			viewer.output(cursor.sent, bytes);
			cursor.sent += bytes.length;
			if (cursor.sent - cursor.acknowledged >= flowControl.high) {
				cursor.paused = true;
				this.#paceChanged();
			}
		}
		cursor.sentThisTurn = true;
		setImmediate(() => {
			cursor.sentThisTurn = false;
			if (this.#cursors.get(viewer) === cursor) this.#send(viewer, cursor);
		});
	}
}
