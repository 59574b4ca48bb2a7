import { button, create, type IconName } from './create.ts';
import type { Action } from './shortcuts.ts';
import { SlideShow } from './slide-show.ts';
import type { SlidecarTerminals } from './terminals-element.ts';
import { switchTheme } from './theme.ts';

/** `<slidecar-deck>`: one slide at a time, above a toolbar. */
export class SlidecarDeck extends SlideShow {
	#number = create('output', { class: 'deck-place', 'aria-live': 'off' });
	#progress = create('div', { class: 'deck-progress', 'aria-hidden': 'true' });
	#previous!: HTMLButtonElement;
	#next!: HTMLButtonElement;

	protected override has(): boolean {
		return true;
	}

	override act(action: Action): void {
		if (action === 'speaker') open(this.#speakerAddress, 'slidecar-speaker', 'popup,width=1200,height=800');
		else if (action === 'terminal') void this.#terminals?.toggle();
		else if (action === 'close') {
			if (this.#terminals?.isOpen) this.#terminals.close();
		} else super.act(action);
	}

	protected override build(): void {
		const tool = (label: string, action: Action, icon: IconName) =>
			button(label, () => this.act(action), { iconOnly: true, icon });
		this.#previous = tool('Previous', 'previous', 'previous');
		this.#next = tool('Next', 'next', 'next');
		this.append(
			create(
				'nav',
				{ class: 'deck-bar', 'aria-label': 'Slides' },
				this.#progress,
				create('div', { class: 'deck-tools' }, this.#previous, this.#number, this.#next),
				create(
					'div',
					{ class: 'deck-tools' },
					tool('Overview', 'overview', 'overview'),
					tool('Terminal', 'terminal', 'terminal'),
					tool('Speaker view', 'speaker', 'speaker'),
					tool('Full screen', 'fullScreen', 'fullScreen'),
					button('Light or dark', () => switchTheme(), { icon: 'theme', iconOnly: true }),
					tool('Help', 'help', 'help'),
				),
			),
		);
	}

	protected override draw(): void {
		const { number, count } = this.place;
		this.#number.value = `${number} / ${count}`;
		this.#progress.style.setProperty('--progress', String(count > 1 ? (number - 1) / (count - 1) : 1));
		// Not `disabled`, which would drop the focus of who has just pressed it.
		this.#previous.setAttribute('aria-disabled', String(!this.leadsTo('previous')));
		this.#next.setAttribute('aria-disabled', String(!this.leadsTo('next')));
	}

	get #terminals(): SlidecarTerminals | null {
		return document.querySelector<SlidecarTerminals>('slidecar-terminals');
	}

	get #speakerAddress(): string {
		const { base = '/', chapter = '' } = document.body.dataset;
		return `${base.replace(/\/$/, '')}/speaker/${chapter}/${this.hash}`;
	}
}
