import { create } from './create.ts';
import { fitSlide } from './fit.ts';
import { hashOf, type Move, moved, nameIn, type Position, placeOf, positionOf } from './navigation.ts';
import { type Action, actionFor, belongsToTarget } from './shortcuts.ts';
import { nextStep, positionHolding, type ShownSlide, showIncrements, slidesIn } from './slides.ts';
import { store } from './store.ts';
import { browserSync, type SharedPosition, type Sync } from './sync.ts';

const extrasKey = 'slidecar:extras';

/**
 * What the deck and the speaker view have in common: they stand at a position among the slides, move by keys,
 * swipes and links, and keep each other at the same place.
 */
export abstract class SlideShow extends HTMLElement {
	protected slides: ShownSlide[] = [];
	protected position: Position = { slide: 0, increment: 1 };
	protected extras = store.getItem(extrasKey) === 'on';
	#stop = new AbortController();
	#sync: Sync | undefined;
	#announced = create('p', { class: 'visually-hidden', role: 'status' });

	/** Adds the view's own parts; called once, before the first slide is shown. */
	protected abstract build(): void;
	/** Shows what follows from the position; `changed` says whether it is another slide than before. */
	protected abstract draw(changed: boolean): void;

	connectedCallback(): void {
		if (this.slides.length > 0) return;
		this.slides = slidesIn(this);
		if (this.slides.length === 0) return;
		// For who finds the way by headings: the chapter, whichever slide is shown.
		this.querySelector('.slides')!.prepend(create('h1', { class: 'visually-hidden' }, document.title));
		this.build();
		this.append(this.#announced);
		this.#listen();
		this.toggleAttribute('data-extras', this.extras);
		const first = moved(this.slides, { slide: -1, increment: 1 }, 'first', this.extras);
		this.#show(this.#linked() ?? (first.slide < 0 ? { slide: 0, increment: 1 } : first));
		this.#sync?.ask();
	}

	disconnectedCallback(): void {
		this.#stop.abort();
		this.#sync?.close();
	}

	/** Whether the view has what a shortcut is for. */
	protected has(action: Action): boolean {
		return action !== 'speaker' && action !== 'terminal';
	}

	/** Does what a shortcut or a button stands for. */
	act(action: Action): void {
		switch (action) {
			case 'run':
			case 'type': {
				const step = nextStep(this.current.section);
				const off = step ? step.act(action) : 'No step is left to run on this slide.';
				if (off) this.announce(off);
				return;
			}
			case 'overview':
				void this.#openOverview();
				return;
			case 'help':
				void import('./help.ts').then(({ openHelp }) => openHelp((one) => this.has(one)));
				return;
			case 'fullScreen':
				if (document.fullscreenElement) void document.exitFullscreen();
				else void document.documentElement.requestFullscreen?.().catch(() => undefined);
				return;
			case 'speaker':
			case 'terminal':
			case 'close':
				return;
			default:
				this.#go(moved(this.slides, this.position, action, this.extras));
		}
	}

	protected get current(): ShownSlide {
		return this.slides[this.position.slide];
	}

	protected get place(): { number: number; count: number } {
		return placeOf(this.slides, this.position.slide, this.extras);
	}

	protected get hash(): string {
		return hashOf(this.slides, this.position);
	}

	/** Where a move would lead; undefined where it leads nowhere. */
	protected leadsTo(move: Move): Position | undefined {
		const { slide, increment } = this.position;
		const to = moved(this.slides, this.position, move, this.extras);
		return to.slide === slide && to.increment === increment ? undefined : to;
	}

	protected announce(text: string): void {
		this.#announced.textContent = text;
	}

	#listen(): void {
		const { signal } = this.#stop;
		addEventListener('popstate', () => this.#followLink(), { signal });
		document.addEventListener('keydown', (event) => this.#onKey(event), { signal });
		if (navigator.maxTouchPoints > 0)
			void import('./swipe.ts').then(({ listenForSwipes }) =>
				listenForSwipes(this, (move) => this.act(move)),
			);
		const fit = () => fitSlide(this.current.section);
		new ResizeObserver(fit).observe(this.querySelector('.slides')!);
		// Fonts that arrive late change what fits.
		void document.fonts.ready.then(fit);
		const follow = ({ slide, increment }: SharedPosition) => {
			const index = this.slides.findIndex(({ id }) => id === slide);
			if (index >= 0) this.#go({ slide: index, increment }, false);
		};
		this.#sync = browserSync(document.body.dataset.chapter ?? '', {
			moved: follow,
			answered: follow,
			asked: () => this.#sync?.answer(this.#shared),
		});
	}

	#onKey(event: KeyboardEvent): void {
		if (event.defaultPrevented || belongsToTarget(event.target as Element, event.key)) return;
		const action = actionFor(event);
		if (!action || document.querySelector('dialog[open]')) return;
		event.preventDefault();
		this.act(action);
	}

	/** Goes there, with an entry in the browser's history for each slide; `tell` says it to the other windows. */
	#go(position: Position, tell = true): void {
		const { slide, increment } = this.position;
		if (position.slide === slide && position.increment === increment) return;
		const hash = hashOf(this.slides, position);
		if (position.slide === slide) history.replaceState(null, '', hash);
		else history.pushState(null, '', hash);
		this.#show(position);
		if (tell) this.#sync?.tell(this.#shared);
	}

	/** The address has changed by itself: a link, or back and forward. */
	#followLink(): void {
		const position = this.#linked();
		if (!position) return;
		this.#show(position);
		this.#sync?.tell(this.#shared);
	}

	#linked(): Position | undefined {
		const name = nameIn(location.hash);
		return positionOf(this.slides, name) ?? positionHolding(this.slides, document.getElementById(name));
	}

	get #shared(): SharedPosition {
		return { slide: this.current.id, increment: this.position.increment };
	}

	#show(position: Position): void {
		const hadFocus = this.current.section.contains(document.activeElement);
		const changed =
			this.current.section.dataset.current === undefined || position.slide !== this.position.slide;
		this.position = position;
		const { section, title } = this.current;
		for (const slide of this.slides) slide.section.toggleAttribute('data-current', slide.section === section);
		showIncrements(section, position.increment);
		this.draw(changed);
		if (!changed) return;
		section.scrollTop = 0;
		fitSlide(section);
		const { number, count } = this.place;
		this.announce(`Slide ${number} of ${count}: ${title}`);
		if (hadFocus) {
			// The focus must not stay on what is no longer shown.
			section.focus({ preventScroll: true });
		}
	}

	async #openOverview(): Promise<void> {
		const { openOverview } = await import('./overview.ts');
		openOverview(this.slides, this.position.slide, this.extras, {
			choose: (slide) => this.#go({ slide, increment: 1 }),
			extras: (shown) => this.#setExtras(shown),
		});
	}

	#setExtras(shown: boolean): void {
		this.extras = shown;
		if (shown) store.setItem(extrasKey, 'on');
		else store.removeItem(extrasKey);
		this.toggleAttribute('data-extras', shown);
		this.draw(false);
		fitSlide(this.current.section);
	}
}
