import { button } from './create.ts';
import { onlyElsewhere, playsRecordings, Runnable, whyOff } from './runnable.ts';
import type { Request, Target } from './runs.ts';
import { store } from './store.ts';

/** `<slidecar-step>`: a command that is run in a terminal, or a file that is edited and saved into the working folder. */
export class SlidecarStep extends Runnable {
	protected override get doneWord(): string {
		return this.#isFile ? 'Saved' : 'Passed';
	}

	get #isFile(): boolean {
		return this.dataset.kind === 'file';
	}

	/**
	 * What the shortcuts do: runs (or saves) the step; `type` types a command without Enter. Gives the reason where
	 * it cannot.
	 */
	act(how: 'run' | 'type'): string | undefined {
		const off = this.#off;
		if (off !== undefined) return off;
		if (!this.#isFile) this.#run(how === 'type' ? 'dry' : 'run', 'refuse');
		else if (how === 'run') this.#save();
		return undefined;
	}

	/** Why it can neither run nor be played; undefined where it can. */
	get #off(): string | undefined {
		return playsRecordings(this.session)
			? onlyElsewhere('embedded', this.dataset.only)
			: whyOff(this.session, this.dataset.only);
	}

	protected override targetOf(chapter: string): Target {
		const { exercise, step, digest = '' } = this.dataset;
		const holder = this.closest<HTMLElement>('[data-exercise]:not(slidecar-step)');
		return { chapter, exercise: exercise ?? holder?.dataset.exercise ?? '', step: Number(step), digest };
	}

	protected override prepare(): void {
		if (this.#isFile) this.#prepareFile();
		else this.#prepareCommand();
	}

	protected override refresh(): void {
		const act = this.querySelector<HTMLButtonElement>(this.#isFile ? '[data-save]' : '[data-run]');
		const off = this.#off;
		// A step that is for another kind of lab is nothing that one could do here.
		const { lab } = this.session;
		this.toggleAttribute('data-elsewhere', !!this.dataset.only && !!lab && lab.kind !== this.dataset.only);
		for (const control of [act, this.querySelector<HTMLButtonElement>('[data-type]')]) {
			if (!control) continue;
			// Once it has been on, it stays in the tab order: a lost connection must not take the focus away.
			control.disabled = off !== undefined && this.session.connection.state.name !== 'waiting';
			control.title = off ?? control.dataset.title ?? '';
		}
		this.explain(
			off ?? (playsRecordings(this.session) ? 'There is no lab here: this plays a recording.' : ''),
		);
		const { status } = this;
		const played = status.state === 'idle' && status.played === true;
		this.toggleAttribute('data-played', played && playsRecordings(this.session));
		this.#offer(status.state === 'idle' && status.busy === true);
	}

	#prepareCommand(): void {
		const run = this.querySelector<HTMLButtonElement>('[data-run]')!;
		const copy = this.querySelector<HTMLButtonElement>('[data-copy]');
		const type = button('Type', () => this.#run('dry', 'refuse'), {
			attributes: { 'data-type': true, 'data-title': 'Types it into the terminal, without Enter' },
		});
		run.dataset.title = 'Runs it in the terminal; Shift+click only types it';
		run.after(type);
		run.addEventListener('click', (event) => this.#run(event.shiftKey ? 'dry' : 'run', 'refuse'));
		copy?.addEventListener(
			'click',
			() => void import('./clipboard.ts').then(({ copyFrom }) => copyFrom(copy, this.dataset.command ?? '')),
		);
	}

	#run(mode: 'run' | 'dry', busy: 'refuse' | 'interrupt' | 'another'): void {
		this.#carryOut({ type: 'run', mode, busy });
	}

	#carryOut(request: Request): void {
		const { session, target } = this;
		const { terminal } = this.dataset;
		if (playsRecordings(session))
			void import('./recordings.ts').then(({ play }) => play(session, target, terminal));
		else this.start(request, terminal);
	}

	/** In place of Run, what to do about a terminal that runs something else. */
	#offer(offer: boolean): void {
		if (offer === !!this.querySelector('[data-busy]')) return;
		void import('./busy-choice.ts').then(({ offerChoice }) =>
			offerChoice(this, offer, (busy) => this.#run('run', busy)),
		);
	}

	#prepareFile(): void {
		const field = this.#field;
		const draft = store.getItem(this.#draftKey);
		if (draft !== null) field.value = draft;
		if (field.value.includes('???')) void import('./first-blank.ts').then((late) => late.showBlank(field));
		field.addEventListener('input', () => this.#keepDraft());
		this.querySelector('[data-save]')?.addEventListener('click', () => this.#save());
		this.querySelector('[data-restore]')?.addEventListener('click', () => this.fill(field.defaultValue));
	}

	get #field(): HTMLTextAreaElement {
		return this.querySelector<HTMLTextAreaElement>('[data-field]')!;
	}

	/** Replaces the text of a file step, as the solution and Start again do. */
	fill(content: string): void {
		this.#field.value = content;
		this.#keepDraft();
		this.#field.focus();
	}

	#save(): void {
		this.#carryOut({ type: 'save', content: this.#field.value });
	}

	get #draftKey(): string {
		return `slidecar:draft:${this.target.chapter}:${this.target.exercise}:${this.target.digest}`;
	}

	/** Kept after saving as well: the field shows after a reload what the file holds. */
	#keepDraft(): void {
		const field = this.#field;
		if (field.value === field.defaultValue) store.removeItem(this.#draftKey);
		else store.setItem(this.#draftKey, field.value);
	}
}
