import type { TerminalInfo } from '../../server/protocol.ts';
import { ask } from './ask.ts';
import { connectionStatus } from './connection-status.ts';
import { button, create } from './create.ts';
import type { DockPlacement } from './dock-placement.ts';
import { openLabDialog } from './lab-dialog.ts';
import { labProgress } from './lab-progress.ts';
import { separator } from './separator.ts';
import type { Session } from './session.ts';
import { tabBar } from './tab-bar.ts';
import { TerminalTab } from './terminal-tab.ts';

const mainTerminal = 'main';

/** The dock: a tab per terminal of the chapter, and the buttons that go with them. */
export class Dock {
	readonly element: HTMLElement;
	#session: Session;
	#placement: DockPlacement;
	#tabs = new Map<string, TerminalTab>();
	#active: string | undefined;
	#panels = create('div', { class: 'dock-panels' });
	#bar = tabBar((name) => this.#choose(name));
	#separator: ReturnType<typeof separator>;
	#sideButton: HTMLButtonElement;
	#endButton: HTMLButtonElement;
	#close: () => void;

	constructor(session: Session, placement: DockPlacement, close: () => void) {
		this.#session = session;
		this.#placement = placement;
		this.#close = close;
		this.#separator = separator((share) => placement.resize(share));
		const tool = (label: string, act: () => void, icon: 'add' | 'lab' | 'beside' | 'close') =>
			button(label, act, { icon, iconOnly: true });
		this.#endButton = tool('End this terminal', () => void this.#endActive(), 'close');
		this.#sideButton = tool('', () => placement.switchSide(), 'beside');
		this.#sideButton.classList.add('dock-side');
		this.element = create(
			'section',
			{ class: 'dock', 'aria-label': 'Terminals' },
			this.#separator.element,
			create(
				'div',
				{ class: 'dock-bar' },
				this.#bar.element,
				this.#endButton,
				tool('Another terminal', () => this.#add(), 'add'),
				connectionStatus(session),
				create('span', { class: 'dock-leave' }, 'Ctrl+M leaves the terminal'),
				tool('Lab', () => openLabDialog(session, (on) => this.#speak(on)), 'lab'),
				this.#sideButton,
				tool('Close the terminals', close, 'close'),
			),
			create('div', { class: 'dock-body' }, labProgress(session), this.#panels),
		);
		this.#listen();
		for (const info of session.terminals) this.#tabOf(info.name);
		this.#placed();
	}

	/** The terminal to show where none is asked for. */
	get lastName(): string {
		return this.#active ?? this.#tabs.keys().next().value ?? mainTerminal;
	}

	/** Shows the terminal of that name, opened where it is not (or has ended, if `anew`); rejected where it cannot be. */
	async reveal(name: string, anew = false): Promise<void> {
		const tab = this.#tabOf(name);
		this.#active = name;
		for (const [other, { panel }] of this.#tabs) panel.hidden = other !== name;
		this.#draw();
		if (this.#session.connection.state.name === 'ready') await tab.show(anew);
	}

	focus(): void {
		this.#activeTab?.focus();
	}

	#listen(): void {
		const { connection } = this.#session;
		this.#session.on('terminals', (terminals) => this.#reconnect(terminals));
		this.#session.on('terminal', ({ terminal }) => this.#tabs.get(terminal.name)?.update(terminal));
		this.#session.on('message', (message) => {
			if (message.type === 'exit') this.#byNumber(message.terminal)?.exited(message.exitCode);
			// A reset that this page asked for is through.
			if (message.type === 'lab' && message.id !== undefined && message.state === 'ready')
				this.#choose(this.lastName, { focus: false, anew: true });
			if (message.type === 'snapshot') this.#byNumber(message.terminal)?.restore(message);
		});
		connection.on('output', (output) => this.#byNumber(output.terminal)?.receive(output));
		this.#placement.on('placed', () => this.#placed());
		new ResizeObserver(() => this.#activeTab?.fit()).observe(this.#panels);
	}

	#reconnect(terminals: TerminalInfo[]): void {
		for (const info of terminals) this.#tabOf(info.name);
		for (const [name, tab] of this.#tabs) tab.reconnect(terminals.find((info) => info.name === name));
		this.#choose(this.lastName, { focus: false });
	}

	get #activeTab(): TerminalTab | undefined {
		return this.#active === undefined ? undefined : this.#tabs.get(this.#active);
	}

	#byNumber(terminal: number): TerminalTab | undefined {
		return [...this.#tabs.values()].find((tab) => tab.info?.terminal === terminal);
	}

	#tabOf(name: string): TerminalTab {
		const known = this.#tabs.get(name);
		if (known) return known;
		const tab = new TerminalTab(name, this.#session, {
			changed: () => this.#draw(),
			leave: () => this.#bar.focus(),
		});
		tab.info = this.#session.terminals.find((info) => info.name === name);
		this.#tabs.set(name, tab);
		this.#panels.append(tab.panel);
		this.#draw();
		return tab;
	}

	#choose(name: string, { focus = true, anew = false } = {}): void {
		if (!this.#placement.open) return;
		const settled = this.reveal(name, anew).catch(() => undefined); // The tab says what went wrong.
		if (focus) void settled.then(() => this.focus());
	}

	#add(): void {
		let number = 2;
		while (this.#tabs.has(`terminal-${number}`)) number += 1;
		this.#choose(`terminal-${number}`);
	}

	async #endActive(): Promise<void> {
		const tab = this.#activeTab;
		if (!tab) return;
		const title = `End terminal ${tab.name}?`;
		const text = 'A command runs in it. It ends with the terminal.';
		if (tab.info?.state === 'busy' && !(await ask({ title, text, act: 'End it' }))) return;
		tab.close();
		this.#tabs.delete(tab.name);
		this.#active = undefined;
		const next = this.#tabs.keys().next().value;
		if (next === undefined) this.#close();
		else this.#choose(next);
	}

	#draw(): void {
		this.#bar.draw([...this.#tabs.values()], this.#active);
		this.#endButton.title = `End terminal ${this.#active}`;
		this.#endButton.hidden = this.#tabs.size < 2;
	}

	#placed(): void {
		const { side, share, open } = this.#placement;
		const label = side === 'below' ? 'Dock beside' : 'Dock below';
		this.element.hidden = !open;
		this.#separator.show(side, share);
		this.#sideButton.setAttribute('aria-label', label);
		this.#sideButton.title = label;
		this.#activeTab?.fit();
	}

	/** Has all screens spoken, or not. */
	#speak(on: boolean): void {
		for (const tab of this.#tabs.values()) tab.screenReader = on;
	}
}
