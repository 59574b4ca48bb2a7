import { clampShare, type DockChoice, recallDock, rememberDock, type Side, sideFor } from './dock-size.ts';
import { Emitter } from './emitter.ts';
import type { Store } from './store.ts';

/**
 * Where the dock stands in this window. The room that it takes is on the root element, as `data-dock` and as
 * `--dock-width` and `--dock-height`, where the layouts take it from: nothing is ever covered.
 */
export class DockPlacement extends Emitter<{ placed: undefined }> {
	#store: Store;
	#choice: DockChoice;

	constructor(store: Store) {
		super();
		this.#store = store;
		this.#choice = recallDock(store);
		addEventListener('resize', () => this.apply());
		// A phone's keyboard covers the window's lower end without making the page smaller.
		visualViewport?.addEventListener('resize', () => this.apply());
	}

	get open(): boolean {
		return this.#choice.open;
	}

	set open(open: boolean) {
		if (open === this.#choice.open) return;
		this.#change({ open });
	}

	get side(): Side {
		const { view = 'page' } = document.documentElement.dataset;
		return sideFor(this.#choice, view, innerWidth, innerHeight);
	}

	/** The dock's share of the window. */
	get share(): number {
		return this.#choice.share[this.side];
	}

	switchSide(): void {
		this.#change({ side: this.side === 'below' ? 'beside' : 'below' });
	}

	resize(share: number): void {
		this.#change({ share: { ...this.#choice.share, [this.side]: clampShare(share) } });
	}

	/** Writes place and size to the root element. */
	apply(): void {
		const { open, side, share } = this;
		const { style, dataset } = document.documentElement;
		const visible = visualViewport?.height ?? innerHeight;
		const covered = Math.max(0, innerHeight - visible - (visualViewport?.offsetTop ?? 0));
		dataset.dock = open ? side : 'closed';
		style.setProperty('--dock-width', open && side === 'beside' ? `${share * innerWidth}px` : '0px');
		style.setProperty('--dock-height', open && side === 'below' ? `${share * visible}px` : '0px');
		style.setProperty('--dock-raised', `${covered}px`);
		this.emit('placed', undefined);
	}

	#change(change: Partial<DockChoice>): void {
		this.#choice = { ...this.#choice, ...change };
		rememberDock(this.#store, this.#choice);
		this.apply();
	}
}
