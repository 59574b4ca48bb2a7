/** Where a deck stands: a slide's id and the increment, so that both ends need not have the same slides. */
export interface SharedPosition {
	slide: string;
	increment: number;
}

/** What keeps a deck and its speaker view at the same place. Others (a server, for a room) may stand in for it. */
export interface Sync {
	/** Tells the others where this page is now. */
	tell(position: SharedPosition): void;
	/** Asks the others where they are; who is somewhere answers by telling. */
	ask(): void;
	close(): void;
}

export interface SyncEvents {
	/** Another page has moved. */
	moved(position: SharedPosition): void;
	/** Another page has just opened and asks for the place. */
	asked(): void;
}

type Note = ({ type: 'position' } & SharedPosition) | { type: 'ask' };

/** Between the windows of one browser. */
export function browserSync(chapter: string, events: SyncEvents): Sync {
	const channel = new BroadcastChannel(`slidecar:deck:${chapter}`);
	const post = (note: Note) => channel.postMessage(note);
	channel.onmessage = ({ data }: MessageEvent<Note>) => {
		if (data.type === 'ask') events.asked();
		else events.moved({ slide: data.slide, increment: data.increment });
	};
	return {
		tell: (position) => post({ type: 'position', ...position }),
		ask: () => post({ type: 'ask' }),
		close: () => channel.close(),
	};
}
