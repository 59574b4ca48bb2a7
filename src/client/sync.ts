/** Where a deck stands: a slide's id and the increment, so that both ends need not have the same slides. */
export interface SharedPosition {
	slide: string;
	increment: number;
}

/** What keeps a deck and its speaker view at the same place. Others (a server, for a room) may stand in for it. */
export interface Sync {
	/** Tells the others where this page is now. */
	tell(position: SharedPosition): void;
	/** Asks the others where they are. */
	ask(): void;
	/** Tells who asks where this page is. */
	answer(position: SharedPosition): void;
	close(): void;
}

export interface SyncEvents {
	/** Another page has moved. */
	moved(position: SharedPosition): void;
	/** Another page has just opened and asks for the place. */
	asked(): void;
	/** Another page has answered; only for who has asked, and has not moved since. */
	answered(position: SharedPosition): void;
}

type Note = ({ type: 'moved' | 'answer' } & SharedPosition) | { type: 'ask' };

/** Between the windows of one browser. */
export function browserSync(chapter: string, events: SyncEvents): Sync {
	const channel = new BroadcastChannel(`slidecar:deck:${chapter}`);
	let asking = false;
	const post = (note: Note) => channel.postMessage(note);
	channel.onmessage = ({ data }: MessageEvent<Note>) => {
		if (data.type === 'ask') {
			events.asked();
			return;
		}
		const position = { slide: data.slide, increment: data.increment };
		if (data.type === 'moved') events.moved(position);
		else if (asking) events.answered(position);
		asking = false;
	};
	return {
		tell: (position) => {
			asking = false;
			post({ type: 'moved', ...position });
		},
		ask: () => {
			asking = true;
			post({ type: 'ask' });
		},
		answer: (position) => post({ type: 'answer', ...position }),
		close: () => channel.close(),
	};
}
