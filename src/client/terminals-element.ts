import { connectionStatus } from './connection-status.ts';
import { button, create } from './create.ts';
import type { Dock } from './dock.ts';
import { DockPlacement } from './dock-placement.ts';
import { playsRecordings } from './runnable.ts';
import { type Session, session } from './session.ts';
import { store } from './store.ts';

/**
 * `<slidecar-terminals>`: the chapter's terminals, docked below or beside what is read. This is what a page needs
 * of it at once; the dock itself is loaded when it first opens.
 */
export class SlidecarTerminals extends HTMLElement {
	#session!: Session;
	#placement = new DockPlacement(store);
	#launcher = button('Terminal', () => void this.toggle(), {
		icon: 'terminal',
		attributes: { class: 'dock-launcher' },
	});
	#loading: Promise<Dock> | undefined;

	connectedCallback(): void {
		// Only a chapter has a lab.
		if (this.#session || !document.body.dataset.chapter) return;
		this.#session = session();
		this.#session.terminalHost = this;
		this.#addLauncher();
		this.#session.runs.on('status', ({ status, own, terminal }) => {
			// What this page ran is shown where it went; the deck shows what the speaker view ran as well.
			const shows = own || document.documentElement.dataset.view === 'deck';
			const info = this.#session.terminals.find((one) => one.terminal === terminal);
			if (status.state !== 'passed' && status.state !== 'failed' && info && shows)
				this.#attempt(this.prepare(info.name));
		});
		this.#session.on('changed', () => {
			// The deck plays what is run in its speaker view.
			if (playsRecordings(this.#session))
				void import('./recordings.ts').then(({ listen }) => listen(this.#session));
		});
		this.#placement.on('placed', () => this.#launcher.setAttribute('aria-expanded', String(this.isOpen)));
		this.#placement.apply();
		if (this.isOpen) this.#attempt(this.open());
	}

	get isOpen(): boolean {
		return this.#placement.open;
	}

	/** Opens the dock, and goes there; or closes it: its terminals go on. */
	async toggle(): Promise<void> {
		if (this.isOpen) {
			this.close();
			return;
		}
		await this.open().catch(() => undefined); // The dock says what went wrong.
		(await this.#load()).focus();
	}

	/** Opens the dock with the terminal that was last looked at, or the chapter's main one. */
	async open(): Promise<void> {
		this.#placement.open = true;
		const dock = await this.#load();
		await dock.reveal(dock.lastName);
	}

	close(): void {
		const hadFocus = this.contains(document.activeElement);
		this.#placement.open = false;
		if (hadFocus) this.#launcher.focus();
	}

	/** For a run: its terminal, shown and open before anything is typed into it. */
	async prepare(name: string): Promise<void> {
		const opens = !this.isOpen;
		this.#placement.open = true;
		// A dock that opens does not hide what was clicked.
		if (opens)
			document.activeElement?.closest('.step, .check, .exercise')?.scrollIntoView({ block: 'nearest' });
		await (await this.#load()).reveal(name, true);
	}

	/** Once there is something to say of the connection: words that come later would move it. */
	#addLauncher(): void {
		const { connection } = this.#session;
		const status = connectionStatus(this.#session);
		const stop = connection.on('state', (state) => {
			if (state.name === 'connecting') return;
			stop();
			this.append(create('div', { class: 'launcher' }, status, this.#launcher));
		});
	}

	#load(): Promise<Dock> {
		this.#loading ??= import('./dock.ts').then(({ Dock }) => {
			const dock = new Dock(this.#session, this.#placement, () => this.close());
			this.append(dock.element);
			return dock;
		});
		// A file that did not load (the network) is asked for again the next time.
		this.#loading.catch(() => {
			this.#loading = undefined;
		});
		return this.#loading;
	}

	/** What fails on the way is said in the dock and tried again by the next click. */
	#attempt(work: Promise<void>): void {
		work.catch(() => undefined);
	}
}
