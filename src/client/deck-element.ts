import { button, create } from './create.ts';
import { fitSlide } from './fit.ts';
import { hashOf, type Move, moved, type Position, placeOf, positionOf } from './navigation.ts';
import { type Action, actionFor, belongsToTarget } from './shortcuts.ts';
import { nextStep, positionHolding, type ShownSlide, showIncrements, slidesIn } from './slides.ts';
import { store } from './store.ts';
import { listenForSwipes } from './swipe.ts';
import { browserSync, type Sync } from './sync.ts';
import type { SlidecarTerminals } from './terminals-element.ts';
import { switchTheme } from './theme.ts';

const extrasKey = 'slidecar:extras';

/** `<slidecar-deck>`: one slide at a time, with its toolbar, shortcuts, deep links and the speaker view's company. */
export class SlidecarDeck extends HTMLElement {
	#slides: ShownSlide[] = [];
	#position: Position = { slide: 0, increment: 1 };
	#extras = store.getItem(extrasKey) === 'on';
	#sync: Sync | undefined;
	#stop = new AbortController();
	#place = create('output', { class: 'deck-place', 'aria-live': 'off' });
	#announced = create('p', { class: 'visually-hidden', role: 'status' });
	#bar = create('div', { class: 'deck-progress', 'aria-hidden': 'true' });
	#previous!: HTMLButtonElement;
	#next!: HTMLButtonElement;

	connectedCallback(): void {
		if (this.#slides.length > 0) return;
		this.#slides = slidesIn(this);
		if (this.#slides.length === 0) return;
		this.#build();
		this.#listen();
		this.toggleAttribute('data-extras', this.#extras);
		const start = this.#linked() ?? moved(this.#slides, { slide: -1, increment: 1 }, 'first', this.#extras);
		this.#show(start.slide < 0 ? { slide: 0, increment: 1 } : start);
		this.#sync?.ask();
	}

	disconnectedCallback(): void {
		this.#stop.abort();
		this.#sync?.close();
	}

	/** Does what a shortcut or a button stands for. */
	act(action: Action): void {
		const step = nextStep(this.#current.section);
		switch (action) {
			case 'run':
			case 'type':
				if (step) step.act(action);
				else this.#announce('No step is left to run on this slide.');
				return;
			case 'overview':
				void this.#openOverview();
				return;
			case 'help':
				void import('./help.ts').then(({ openHelp }) => openHelp());
				return;
			case 'fullScreen':
				if (document.fullscreenElement) void document.exitFullscreen();
				else void document.documentElement.requestFullscreen?.().catch(() => undefined);
				return;
			case 'speaker':
				open(this.#speakerAddress, 'slidecar-speaker', 'popup,width=1200,height=800');
				return;
			case 'terminal':
				void this.#terminals?.toggle();
				return;
			case 'close':
				if (this.#terminals?.isOpen) this.#terminals.close();
				return;
			default:
				this.#move(action);
		}
	}

	get #current(): ShownSlide {
		return this.#slides[this.#position.slide];
	}

	get #terminals(): SlidecarTerminals | null {
		return document.querySelector<SlidecarTerminals>('slidecar-terminals');
	}

	get #speakerAddress(): string {
		const { base = '/', chapter = '' } = document.body.dataset;
		return `${base.replace(/\/$/, '')}/speaker/${chapter}/${hashOf(this.#slides, this.#position)}`;
	}

	async #openOverview(): Promise<void> {
		const { openOverview } = await import('./overview.ts');
		openOverview(this.#slides, this.#position.slide, this.#extras, {
			choose: (slide) => this.#go({ slide, increment: 1 }),
			extras: (shown) => this.#setExtras(shown),
		});
	}

	#build(): void {
		const tool = (label: string, action: Action, icon: Parameters<typeof button>[2]) =>
			button(label, () => this.act(action), { iconOnly: true, ...icon });
		this.#previous = tool('Previous', 'previous', { icon: 'previous' });
		this.#next = tool('Next', 'next', { icon: 'next' });
		this.append(
			create(
				'nav',
				{ class: 'deck-bar', 'aria-label': 'Slides' },
				this.#bar,
				create('div', { class: 'deck-tools' }, this.#previous, this.#place, this.#next),
				create(
					'div',
					{ class: 'deck-tools' },
					tool('Overview', 'overview', { icon: 'overview' }),
					tool('Terminal', 'terminal', { icon: 'terminal' }),
					tool('Speaker view', 'speaker', { icon: 'speaker' }),
					tool('Full screen', 'fullScreen', { icon: 'fullScreen' }),
					button('Light or dark', () => switchTheme(), { icon: 'theme', iconOnly: true }),
					tool('Help', 'help', { icon: 'help' }),
				),
				this.#announced,
			),
		);
	}

	#listen(): void {
		const { signal } = this.#stop;
		addEventListener('popstate', () => this.#followLink(), { signal });
		document.addEventListener('keydown', (event) => this.#onKey(event), { signal });
		listenForSwipes(this, (direction) => this.#move(direction));
		new ResizeObserver(() => fitSlide(this.#current.section)).observe(this.#main);
		// Fonts that arrive late change what fits.
		void document.fonts.ready.then(() => fitSlide(this.#current.section));
		this.#sync = browserSync(document.body.dataset.chapter ?? '', {
			moved: ({ slide, increment }) => {
				const index = this.#slides.findIndex(({ id }) => id === slide);
				if (index >= 0) this.#go({ slide: index, increment }, false);
			},
			asked: () => this.#tell(),
		});
	}

	get #main(): HTMLElement {
		return this.querySelector<HTMLElement>('.slides')!;
	}

	#onKey(event: KeyboardEvent): void {
		if (event.defaultPrevented || belongsToTarget(event.target as Element, event.key)) return;
		const action = actionFor(event);
		if (!action || document.querySelector('dialog[open]')) return;
		event.preventDefault();
		this.act(action);
	}

	#move(move: Move): void {
		this.#go(moved(this.#slides, this.#position, move, this.#extras));
	}

	/** Goes there, with an entry in the browser's history for each slide; `tell` says it to the other windows. */
	#go(position: Position, tell = true): void {
		const { slide, increment } = this.#position;
		if (position.slide === slide && position.increment === increment) return;
		const hash = hashOf(this.#slides, position);
		if (position.slide === slide) history.replaceState(null, '', hash);
		else history.pushState(null, '', hash);
		this.#show(position);
		if (tell) this.#tell();
	}

	/** The address has changed by itself: a link, or back and forward. */
	#followLink(): void {
		const position = this.#linked();
		if (!position) return;
		this.#show(position);
		this.#tell();
	}

	#linked(): Position | undefined {
		const { hash } = location;
		return (
			positionOf(this.#slides, hash) ??
			positionHolding(this.#slides, hash.length > 1 ? document.getElementById(hash.slice(1)) : null)
		);
	}

	#tell(): void {
		this.#sync?.tell({ slide: this.#current.id, increment: this.#position.increment });
	}

	#show(position: Position): void {
		const hadFocus = this.#current.section.contains(document.activeElement);
		const changed =
			this.#current.section.dataset.current === undefined || position.slide !== this.#position.slide;
		this.#position = position;
		const { section, title } = this.#current;
		for (const slide of this.#slides)
			slide.section.toggleAttribute('data-current', slide.section === section);
		showIncrements(section, position.increment);
		if (changed) {
			section.scrollTop = 0;
			fitSlide(section);
		}
		const { number, count } = placeOf(this.#slides, position.slide, this.#extras);
		this.#place.value = `${number} / ${count}`;
		this.#bar.style.setProperty('--progress', String(count > 1 ? (number - 1) / (count - 1) : 1));
		this.#disableAtEnds();
		if (changed) this.#announce(`Slide ${number} of ${count}: ${title}`);
		if (hadFocus && changed) {
			// The focus must not stay on what is no longer shown.
			section.tabIndex = -1;
			section.focus({ preventScroll: true });
		}
	}

	#disableAtEnds(): void {
		const stays = (move: Move) => {
			const to = moved(this.#slides, this.#position, move, this.#extras);
			return to.slide === this.#position.slide && to.increment === this.#position.increment;
		};
		// Not `disabled`, which would drop the focus of who has just pressed it.
		this.#previous.setAttribute('aria-disabled', String(stays('previous')));
		this.#next.setAttribute('aria-disabled', String(stays('next')));
	}

	#setExtras(shown: boolean): void {
		this.#extras = shown;
		if (shown) store.setItem(extrasKey, 'on');
		else store.removeItem(extrasKey);
		this.toggleAttribute('data-extras', shown);
		this.#show(this.#position);
		fitSlide(this.#current.section);
	}

	#announce(text: string): void {
		this.#announced.textContent = text;
	}
}
