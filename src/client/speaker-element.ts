import { button, create } from './create.ts';
import { SlideShow } from './slide-show.ts';
import { store } from './store.ts';
import { clockTime, TalkTimer, timeLeftInWords } from './talk-timer.ts';
import { switchTheme } from './theme.ts';

/** `<slidecar-speaker>`: the current slide, what comes next, the notes, the time; in step with the deck. */
export class SlidecarSpeaker extends SlideShow {
	#number = create('output', { class: 'deck-place', 'aria-live': 'off' });
	#nextTitle = create('h2');
	#nextText = create('p');
	#notes = create('div', { class: 'speaker-page', tabindex: 0 });
	#timer!: TalkTimer;
	#elapsed = create('span', { class: 'speaker-elapsed' });
	#left = create('span', { class: 'speaker-left' });
	#clock = create('span', { class: 'speaker-clock' });
	#startButton!: HTMLButtonElement;
	#ticking: ReturnType<typeof setInterval> | undefined;

	override disconnectedCallback(): void {
		super.disconnectedCallback();
		clearInterval(this.#ticking);
	}

	protected override build(): void {
		this.#timer = new TalkTimer(
			store,
			document.body.dataset.chapter ?? '',
			Number(this.dataset.minutes) || 0,
		);
		for (const aid of this.querySelectorAll<HTMLDetailsElement>('details.hint, details.solution'))
			aid.open = true;
		this.prepend(this.#timeBar());
		this.append(
			create('section', { class: 'speaker-next', 'aria-label': 'Next' }, this.#nextTitle, this.#nextText),
			create(
				'section',
				{ class: 'speaker-words', 'aria-label': 'Notes' },
				create('h2', {}, 'Notes'),
				this.#notes,
			),
			this.#tools(),
		);
		this.#ticking = setInterval(() => this.#tick(), 1000);
		this.#tick();
	}

	protected override draw(): void {
		const { number, count } = this.place;
		this.#number.value = `${number} / ${count}`;
		this.#drawNext();
		const notes = [...this.current.section.querySelectorAll<HTMLElement>('.speaker-notes')];
		const copies = notes.flatMap((aside) => [...(aside.cloneNode(true) as HTMLElement).childNodes]);
		this.#notes.replaceChildren(
			...(copies.length > 0 ? copies : [create('p', { class: 'quiet' }, 'No notes.')]),
		);
		this.#notes.scrollTop = 0;
	}

	/** The next slide is shown small; of a next increment, which is on this slide already, its words. */
	#drawNext(): void {
		const next = this.leadsTo('next');
		const section = next && next.slide !== this.position.slide ? this.slides[next.slide].section : undefined;
		for (const slide of this.slides) {
			slide.section.toggleAttribute('data-next', slide.section === section);
			slide.section.inert = slide.section === section;
		}
		section?.style.setProperty('--fit', '1');
		this.#nextTitle.textContent = !next ? 'The last slide' : section ? 'Next' : 'Next on this slide';
		this.#nextText.textContent = next && !section ? this.#wordsOf(next.increment) : '';
	}

	#wordsOf(increment: number): string {
		const part = this.current.section.querySelector(`[data-increment="${increment}"]`);
		return part?.textContent?.replace(/\s+/g, ' ').trim().slice(0, 300) ?? '';
	}

	#timeBar(): HTMLElement {
		const act = (how: (timer: TalkTimer, now: number) => void) => () => {
			how(this.#timer, Date.now());
			this.#tick();
		};
		this.#startButton = button(
			'Start',
			act((timer, now) => (timer.running ? timer.pause(now) : timer.start(now))),
		);
		return create(
			'header',
			{ class: 'speaker-time' },
			this.#elapsed,
			this.#left,
			this.#startButton,
			button(
				'Reset',
				act((timer, now) => timer.reset(now)),
			),
			this.#clock,
		);
	}

	#tick(): void {
		const now = Date.now();
		const timer = this.#timer;
		this.#elapsed.textContent = clockTime(timer.elapsed(now));
		this.#left.textContent = timer.plannedMs > 0 ? timeLeftInWords(timer, now) : '';
		this.dataset.pace = timer.plannedMs > 0 ? timer.pace(now) : 'good';
		this.#startButton.textContent = timer.running ? 'Pause' : 'Start';
		this.#clock.textContent = new Date(now).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
	}

	#tools(): HTMLElement {
		return create(
			'nav',
			{ class: 'deck-bar', 'aria-label': 'Slides' },
			create(
				'div',
				{ class: 'deck-tools' },
				button('Previous', () => this.act('previous'), { icon: 'previous', iconOnly: true }),
				this.#number,
				button('Next', () => this.act('next'), { icon: 'next', iconOnly: true }),
			),
			create(
				'div',
				{ class: 'deck-tools' },
				button('Overview', () => this.act('overview'), { icon: 'overview', iconOnly: true }),
				button('Light or dark', () => switchTheme(), { icon: 'theme', iconOnly: true }),
				button('Help', () => this.act('help'), { icon: 'help', iconOnly: true }),
			),
		);
	}
}
