// Where the terminals stand and how large they are. Pure but for `store`, which is given.
import type { Store } from './store.ts';

export type Side = 'below' | 'beside';

export interface DockChoice {
	/** Undefined: chosen by the window's size. */
	side: Side | undefined;
	/** The dock's share of the window on each side, 0 to 1. */
	share: Record<Side, number>;
	open: boolean;
}

const storageKey = 'slidecar:dock';
const usual: DockChoice = { side: undefined, share: { below: 0.42, beside: 0.46 }, open: false };
export const leastShare = 0.15;
export const largestShare = 0.8;

/** Below where there is little width; a reading page needs more of it beside than a deck, for its navigation. */
export function automaticSide(view: string, width: number, height: number): Side {
	const enough = view === 'page' ? 1900 : 1100;
	return width >= enough && width > height * 1.2 ? 'beside' : 'below';
}

/** On a phone there is no room beside, whatever was chosen on a larger window. */
export function sideFor(choice: DockChoice, view: string, width: number, height: number): Side {
	return width < 700 ? 'below' : (choice.side ?? automaticSide(view, width, height));
}

export function clampShare(share: number): number {
	return Math.min(Math.max(share, leastShare), largestShare);
}

export function recallDock(store: Store): DockChoice {
	try {
		const kept = JSON.parse(store.getItem(storageKey) ?? '{}') as Partial<DockChoice>;
		const share = (side: Side) => clampShare(Number(kept.share?.[side]) || usual.share[side]);
		return {
			side: kept.side === 'below' || kept.side === 'beside' ? kept.side : undefined,
			share: { below: share('below'), beside: share('beside') },
			open: kept.open === true,
		};
	} catch {
		return { ...usual, share: { ...usual.share } };
	}
}

export function rememberDock(store: Store, choice: DockChoice): void {
	store.setItem(storageKey, JSON.stringify(choice));
}
