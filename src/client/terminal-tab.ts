import { encodeAck, encodeInput, type ServerMessage, type TerminalInfo } from '../../server/protocol.ts';
import type { Output } from './connection.ts';
import { button, create } from './create.ts';
import { keyBar } from './key-bar.ts';
import { OutputStream } from './output-stream.ts';
import { newId, type Session } from './session.ts';
import { store } from './store.ts';
import type { TerminalScreen } from './terminal-screen.ts';

/** How long the server may take to open a terminal: it may have a lab to make first. Milliseconds. */
const openPatience = 60_000;

export interface TabEvents {
	/** Its words, or whether it is busy, have changed. */
	changed(): void;
	/** The person leaves the screen by the keyboard. */
	leave(): void;
}

/**
 * One terminal of the chapter by its name: its screen, and what keeps the screen true to the server's terminal
 * across lost connections and restarted shells.
 */
export class TerminalTab {
	readonly name: string;
	readonly panel: HTMLElement;
	info: TerminalInfo | undefined;
	#session: Session;
	#events: TabEvents;
	#screen: TerminalScreen | undefined;
	#loading: Promise<TerminalScreen> | undefined;
	#stream = new OutputStream();
	/** The terminal whose output the screen shows. */
	#attached: number | undefined;
	#opening: Promise<void> | undefined;
	#screenHost: HTMLElement;
	#ended: HTMLElement | undefined;

	constructor(name: string, session: Session, events: TabEvents) {
		this.name = name;
		this.#session = session;
		this.#events = events;
		this.#screenHost = create('div', { class: 'terminal-screen' });
		this.panel = create(
			'div',
			{
				class: 'terminal',
				'data-terminal': name,
				role: 'tabpanel',
				id: `terminal-${name}`,
				hidden: true,
				'aria-labelledby': `terminal-${name}-tab`,
			},
			this.#screenHost,
		);
		// Before the screen, which keeps its keys to itself.
		this.panel.addEventListener('keydown', (event) => this.#onKey(event), { capture: true });
	}

	/** Shows the screen, and opens or attaches the terminal where it is not yet; one that has ended only `anew`. */
	async show(anew: boolean): Promise<void> {
		const screen = await this.#load();
		screen.fit();
		if (this.info && this.info.state !== 'exited') this.#attach();
		else if (!this.info && !this.#ended) await this.open();
		else if (anew) await this.#openAnew();
	}

	/** Asks the server for a terminal of this name; settled when it is there. */
	open(): Promise<void> {
		this.#opening ??= this.#open().finally(() => {
			this.#opening = undefined;
		});
		return this.#opening;
	}

	async #open(): Promise<void> {
		const screen = await this.#load();
		const id = newId();
		const answer = new Promise<void>((resolve, reject) => {
			const settle = (act: () => void) => {
				clearTimeout(timer);
				stopMessages();
				stopChanges();
				act();
			};
			const timer = setTimeout(() => settle(() => reject(new Error('no answer'))), openPatience);
			const stopMessages = this.#session.on('message', (message) => {
				if (message.type === 'opened' && message.id === id) settle(resolve);
				if (message.type === 'error' && message.id === id) {
					this.#say(message.message);
					settle(() => reject(new Error(message.message)));
				}
			});
			const stopChanges = this.#session.connection.on('state', (state) => {
				if (state.name !== 'ready') settle(() => reject(new Error('connection lost')));
			});
		});
		const { columns, rows } = screen;
		const { chapter, connection } = this.#session;
		connection.send({ type: 'open', id, chapter, name: this.name, columns, rows });
		await answer;
	}

	/** Takes what the server says of this terminal, or that it has none of this name. */
	update(info: TerminalInfo | undefined): void {
		const before = this.info;
		this.info = info;
		if (info && info.state !== 'exited') {
			this.#say(undefined);
			if (this.#screen && info.terminal !== this.#attached) this.#attach();
		} else if (before || this.#attached !== undefined)
			this.#say(info ? 'The shell has ended.' : 'This terminal ended when the lab was started anew.');
		this.#events.changed();
	}

	/** After a connect: goes on where the output broke off. */
	reconnect(info: TerminalInfo | undefined): void {
		// Fewer bytes than we have seen: it is another terminal under an old number.
		if (info && info.offset < this.#stream.received) this.#forget();
		else if (info?.terminal === this.#attached) this.#attached = undefined;
		this.update(info);
	}

	receive(output: Output): void {
		if (output.terminal !== this.#attached || !this.#screen) return;
		const fresh = this.#stream.accept(output.offset, output.payload);
		if (fresh === 'gap') {
			this.#ask(output.terminal);
			return;
		}
		this.#write(fresh, this.#stream.received);
	}

	/** Output that is gone, as what the screen showed of it. */
	restore(snapshot: Extract<ServerMessage, { type: 'snapshot' }>): void {
		const screen = this.#screen;
		if (snapshot.terminal !== this.#attached || !screen) return;
		const until = this.info?.offset ?? snapshot.offset;
		screen.reset();
		screen.muted = true;
		screen.resize(snapshot.columns, snapshot.rows);
		this.#stream.restart(snapshot.offset);
		this.#stream.replayUntil(until);
		screen.write(snapshot.data, () => {
			screen.muted = this.#stream.replaying;
			screen.fit();
			this.#tellSize();
		});
	}

	exited(exitCode: number): void {
		if (this.info) this.info = { ...this.info, state: 'exited' };
		this.#say(`The shell has ended with exit code ${exitCode}.`);
		this.#events.changed();
	}

	fit(): void {
		if (!this.panel.hidden) this.#screen?.fit();
	}

	focus(): void {
		const again = this.#ended?.querySelector('button');
		if (again) again.focus();
		else this.#screen?.focus();
	}

	set screenReader(on: boolean) {
		if (this.#screen) this.#screen.screenReader = on;
	}

	/** Ends the terminal and what runs in it, and takes the tab away. */
	close(): void {
		if (this.info && this.info.state !== 'exited') this.#session.closeTerminal(this.info.terminal);
		this.#screen?.dispose();
		this.panel.remove();
	}

	#load(): Promise<TerminalScreen> {
		this.#loading ??= this.#makeScreen();
		// A chunk that did not load (the network) is asked for again the next time.
		this.#loading.catch(() => {
			this.#loading = undefined;
		});
		return this.#loading;
	}

	async #makeScreen(): Promise<TerminalScreen> {
		const { TerminalScreen } = await import('./terminal-screen.ts');
		const screen = new TerminalScreen(
			this.#screenHost,
			{
				input: (bytes) => this.#input(bytes),
				resized: () => this.#tellSize(),
				leave: () => this.#events.leave(),
			},
			{ screenReader: screenReaderWanted() },
		);
		this.panel.append(keyBar(screen));
		screen.fit();
		this.#screen = screen;
		return screen;
	}

	/** Asks for the terminal's output from where the screen stands; nothing where that was done already. */
	#attach(): void {
		const { info } = this;
		if (!info || info.terminal === this.#attached) return;
		if (this.#attached !== undefined) this.#forget();
		this.#attached = info.terminal;
		this.#stream.replayUntil(info.offset);
		this.#screen!.muted = this.#stream.replaying;
		this.#tellSize();
		this.#ask(info.terminal);
	}

	#ask(terminal: number): void {
		this.#session.connection.send({ type: 'attach', terminal, offset: this.#stream.received });
	}

	/** The screen is to show another terminal from its beginning. */
	#forget(): void {
		this.#attached = undefined;
		this.#stream = new OutputStream();
		this.#screen?.reset();
	}

	#write(bytes: Uint8Array, end: number): void {
		const screen = this.#screen!;
		const stream = this.#stream;
		const terminal = this.#attached!;
		screen.write(bytes, () => {
			if (stream !== this.#stream) return;
			const acknowledged = stream.parsed(end);
			screen.muted = stream.replaying;
			if (acknowledged !== undefined) this.#session.connection.sendFrame(encodeAck(terminal, acknowledged));
		});
	}

	#input(bytes: Uint8Array): void {
		if (this.#attached === undefined || this.#ended) return;
		this.#session.connection.sendFrame(encodeInput(this.#attached, bytes));
	}

	#tellSize(): void {
		if (this.#attached === undefined || !this.#screen) return;
		const { columns, rows } = this.#screen;
		this.#session.connection.send({ type: 'resize', terminal: this.#attached, columns, rows });
	}

	/** Enter in a terminal that has ended opens it anew, as does the button. */
	#onKey(event: KeyboardEvent): void {
		if (!this.#ended || event.key !== 'Enter' || event.target instanceof HTMLButtonElement) return;
		event.preventDefault();
		event.stopPropagation();
		this.#openByHand();
	}

	#openAnew(): Promise<void> {
		this.info = undefined;
		this.#forget();
		this.#say(undefined);
		return this.open();
	}

	#openByHand(): void {
		void this.#openAnew().then(
			() => this.focus(),
			() => undefined,
		);
	}

	/** Says over the screen why nothing happens there; nothing where it is undefined. */
	#say(message: string | undefined): void {
		this.#ended?.remove();
		this.#ended = undefined;
		if (message === undefined) return;
		this.#ended = create(
			'div',
			{ class: 'terminal-ended', role: 'status' },
			create('span', {}, message),
			button('Open it again (Enter)', () => this.#openByHand()),
		);
		this.panel.append(this.#ended);
	}
}

const screenReaderKey = 'slidecar:screen-reader';

/** Whether terminals are to speak what they show; chosen in the lab's dialog. */
export function screenReaderWanted(): boolean {
	return store.getItem(screenReaderKey) === 'on';
}

export function wantScreenReader(on: boolean): void {
	if (on) store.setItem(screenReaderKey, 'on');
	else store.removeItem(screenReaderKey);
}
