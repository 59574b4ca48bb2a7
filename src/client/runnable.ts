import type { LabKind } from '../../server/protocol.ts';
import type { ProgressEntry } from './progress.ts';
import { isOf, notes, type Request, type RunStatus, type Target } from './runs.ts';
import { type Session, session } from './session.ts';
import { statusInWords } from './words.ts';

/**
 * What steps and checks have in common: a target that is run, a state on the element (`data-state`) and in words
 * (its `<output>`), remembered in the browser.
 */
export abstract class Runnable extends HTMLElement {
	protected session!: Session;
	protected target!: Target;
	#status: RunStatus = { state: 'idle' };
	#output!: HTMLOutputElement;
	#starting = false;
	#ticking: ReturnType<typeof setInterval> | undefined;
	#disconnect: (() => void)[] = [];

	/** The word for success. */
	protected get doneWord(): string {
		return 'Passed';
	}

	get status(): RunStatus {
		return this.#status;
	}

	protected abstract targetOf(chapter: string): Target;
	/** Wires the element's own buttons; called once. */
	protected abstract prepare(): void;
	/** Something outside has changed that the buttons depend on. */
	protected abstract refresh(): void;

	connectedCallback(): void {
		const first = this.session === undefined;
		this.session = session();
		this.target = this.targetOf(this.session.chapter);
		this.#output = this.querySelector<HTMLOutputElement>('.step-status')!;
		if (first) this.prepare();
		this.#disconnect = [
			this.session.runs.on('status', ({ target, status }) => {
				if (isOf(target, this.target)) this.#become(status);
			}),
			this.session.progress.on('changed', () => this.#recall()),
			this.session.on('changed', () => this.refresh()),
		];
		this.#recall();
		this.refresh();
	}

	disconnectedCallback(): void {
		for (const disconnect of this.#disconnect) disconnect();
		clearInterval(this.#ticking);
	}

	protected start(request: Request, terminal?: string): void {
		// A second click while the terminal is being opened is not a second run.
		if (this.#starting) return;
		this.#starting = true;
		this.explain();
		void this.session.start(this.target, request, terminal).finally(() => {
			this.#starting = false;
			this.refresh();
		});
	}

	/** Says why nothing can be run, without interrupting a screen reader; nothing again where it can. */
	protected explain(why = ''): void {
		const note = this.#starting ? 'Starting…' : why;
		if (this.#status.state !== 'idle' || this.#status.note || this.#output.value === note) return;
		this.#output.setAttribute('aria-live', 'off');
		this.#output.value = note;
	}

	/** The slide that progress is kept under. */
	get #slide(): string {
		return this.closest('[data-slide]')?.id ?? '';
	}

	/** The digest; with its number where a slide holds the same step twice. */
	get #progressKey(): string {
		const { digest } = this.target;
		const same = [
			...(this.closest('[data-slide]') ?? document).querySelectorAll(`[data-digest="${digest}"]`),
		];
		const number = same.indexOf(this) + 1;
		return number > 1 ? `${digest}/${number}` : digest;
	}

	#become(status: RunStatus): void {
		this.#show(status);
		this.session.progress.set(this.#slide, this.#progressKey, entryOf(status));
	}

	/** Shows what is remembered, where that differs: after a reload, or when another tab has changed it. */
	#recall(): void {
		const entry = this.session.progress.get(this.#slide, this.#progressKey);
		const shown = entryOf(this.#status);
		if (entry?.run === shown?.run && entry?.state === shown?.state) return;
		if (entry?.state !== 'running') this.#show(entry ? { ...entry, state: entry.state } : { state: 'idle' });
		else {
			// Whoever started it, how it ends is learned from the server.
			this.session.runs.adopt(this.target, entry.run);
			this.#show({ state: 'running', run: entry.run, since: Date.now() });
		}
	}

	#show(status: RunStatus): void {
		this.#status = status;
		this.dataset.state = status.state;
		clearInterval(this.#ticking);
		// Screen readers are told the start and the end, not each second.
		this.#output.setAttribute('aria-live', 'polite');
		const say = () => {
			this.#output.value = statusInWords(status, Date.now(), this.doneWord);
		};
		say();
		if (status.state === 'running')
			this.#ticking = setInterval(() => {
				this.#output.setAttribute('aria-live', 'off');
				say();
			}, 1000);
		this.refresh();
		this.dispatchEvent(new CustomEvent('slidecar:state', { bubbles: true }));
	}
}

function entryOf(status: RunStatus): ProgressEntry | undefined {
	return status.state === 'idle'
		? undefined
		: status.state === 'running'
			? { state: 'running', run: status.run }
			: status;
}

/** Why nothing can be run on this page now; undefined where it can be tried. */
export function whyOff(session: Session, only?: string): string | undefined {
	const { state } = session.connection;
	if (state.name === 'absent')
		return 'Run is off: no lab server is behind this page. Start Slidecar on your machine to run it.';
	if (state.name === 'refused') return `Run is off: ${state.message}`;
	if (!session.lab) return state.name === 'connecting' ? '' : notes.notConnected;
	if (session.lab.kind === 'none') return 'Run is off: this server has no lab.';
	return onlyElsewhere(session.lab.kind, only);
}

/** That a step is for another kind of lab; undefined where it is for this one. */
export function onlyElsewhere(kind: LabKind, only?: string): string | undefined {
	if (!only || only === kind) return undefined;
	return `Only in ${only === 'embedded' ? 'the simulated lab' : 'a cluster'}.`;
}

/** Whether steps are played instead of run: no lab server has been reached since the page was loaded. */
export function playsRecordings({ connection: { state }, lab }: Session): boolean {
	return !lab && (state.name === 'connecting' ? !!state.again : /absent|waiting/.test(state.name));
}
