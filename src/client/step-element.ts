import { button } from './create.ts';
import { Runnable, whyOff } from './runnable.ts';
import type { Target } from './runs.ts';
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
		const off = whyOff(this.session, this.dataset.only);
		if (off !== undefined) return off;
		if (!this.#isFile) this.#run(how === 'type' ? 'dry' : 'run', 'refuse');
		else if (how === 'run') this.#save();
		return undefined;
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
		const off = whyOff(this.session, this.dataset.only);
		// A step that is for another kind of lab is nothing that one could do here.
		const { lab } = this.session;
		this.toggleAttribute('data-elsewhere', !!this.dataset.only && !!lab && lab.kind !== this.dataset.only);
		for (const control of [act, this.querySelector<HTMLButtonElement>('[data-type]')]) {
			if (!control) continue;
			// Once it has been on, it stays in the tab order: a lost connection must not take the focus away.
			control.disabled = off !== undefined && this.session.connection.state.name !== 'waiting';
			control.title = off ?? control.dataset.title ?? '';
		}
		this.explain(off);
		const { status } = this;
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
		copy?.addEventListener('click', () => void this.#copy(copy));
	}

	#run(mode: 'run' | 'dry', busy: 'refuse' | 'interrupt' | 'another'): void {
		this.start({ type: 'run', mode, busy }, this.dataset.terminal);
	}

	async #copy(control: HTMLButtonElement): Promise<void> {
		const { copyText } = await import('./clipboard.ts');
		const copied = await copyText(this.dataset.command ?? '');
		const label = control.textContent;
		control.textContent = copied ? 'Copied' : 'Not copied';
		setTimeout(() => {
			control.textContent = label;
		}, 1500);
	}

	/** In place of Run, what to do about a terminal that runs something else. */
	#offer(offer: boolean): void {
		const run = this.querySelector<HTMLButtonElement>('[data-run]');
		const offered = this.querySelectorAll<HTMLButtonElement>('[data-busy]');
		if (!run || offer === offered.length > 0) return;
		const focused = this.contains(document.activeElement);
		run.hidden = offer;
		for (const old of offered) old.remove();
		if (offer) {
			const choice = (label: string, busy: 'interrupt' | 'another', title: string) =>
				button(label, () => this.#run('run', busy), { attributes: { 'data-busy': busy, title } });
			run.after(
				choice('^C and run', 'interrupt', 'Ends what runs in the terminal, then runs this'),
				choice('Another terminal', 'another', 'Runs it beside what runs in the terminal'),
			);
		}
		if (focused) this.querySelector<HTMLButtonElement>(offer ? '[data-busy]' : '[data-run]')?.focus();
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
		this.start({ type: 'save', content: this.#field.value });
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
