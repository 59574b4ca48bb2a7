import type { TerminalInfo } from '../../server/protocol.ts';
import { ask } from './ask.ts';
import { connectionStatus } from './connection-status.ts';
import { button, create } from './create.ts';
import { clampShare, type DockChoice, recallDock, rememberDock, type Side, sideFor } from './dock-size.ts';
import { openLabDialog } from './lab-dialog.ts';
import { separator } from './separator.ts';
import { type Session, session } from './session.ts';
import { store } from './store.ts';
import { TerminalTab } from './terminal-tab.ts';

const mainTerminal = 'main';

/**
 * `<slidecar-terminals>`: the chapter's terminals, docked below or beside what is read. The room that it takes is
 * on the root element as `--dock-width` and `--dock-height`, so that nothing is ever covered.
 */
export class SlidecarTerminals extends HTMLElement {
	#session!: Session;
	#choice: DockChoice = recallDock(store);
	#tabs = new Map<string, TerminalTab>();
	#active: string | undefined;
	#tabList = create('div', { class: 'dock-tabs', role: 'tablist', 'aria-label': 'Terminals' });
	#panels = create('div', { class: 'dock-panels' });
	#dock!: HTMLElement;
	#launcher!: HTMLButtonElement;
	#separator!: ReturnType<typeof separator>;
	#sideButton!: HTMLButtonElement;
	#stop = new AbortController();

	connectedCallback(): void {
		if (this.#dock) return;
		this.#session = session();
		this.#session.terminalHost = this;
		this.#build();
		this.#listen();
		this.#place();
		if (this.#choice.open) void this.open();
	}

	disconnectedCallback(): void {
		this.#stop.abort();
	}

	get isOpen(): boolean {
		return !this.#dock.hidden;
	}

	/** Opens the dock, or closes it; its terminals go on. */
	async toggle(): Promise<void> {
		if (this.isOpen) this.close();
		else {
			await this.open();
			this.#activeTab?.focus();
		}
	}

	/** Opens the dock with the terminal that was last looked at, or the chapter's main one. */
	async open(): Promise<void> {
		const name = this.#active ?? this.#tabs.keys().next().value ?? mainTerminal;
		await this.#reveal(name).catch(() => undefined); // The tab says what went wrong.
	}

	close(): void {
		const hadFocus = this.contains(document.activeElement);
		this.#setOpen(false);
		if (hadFocus) this.#launcher.focus();
	}

	/** For a run: its terminal, shown and open before anything is typed into it. */
	async prepare(name: string): Promise<void> {
		await this.#reveal(name);
	}

	async #reveal(name: string): Promise<void> {
		const tab = this.#tabOf(name);
		this.#setOpen(true);
		this.#activate(name);
		if (this.#session.connection.state.name === 'ready') await tab.show();
	}

	#build(): void {
		const lab = button('Lab', () => openLabDialog(this.#session, this), { icon: 'lab', iconOnly: true });
		this.#sideButton = button('', () => this.#switchSide(), { icon: 'beside', iconOnly: true });
		this.#separator = separator({
			label: 'Size of the terminals',
			moved: (share) => this.#resize(share),
		});
		this.#dock = create(
			'section',
			{ class: 'dock', 'aria-label': 'Terminals', hidden: true },
			this.#separator.element,
			create(
				'div',
				{ class: 'dock-bar' },
				this.#tabList,
				button('Another terminal', () => this.#addTab(), { icon: 'add', iconOnly: true }),
				connectionStatus(this.#session),
				create('span', { class: 'dock-leave' }, 'Ctrl+M leaves the terminal'),
				lab,
				this.#sideButton,
				button('Close the terminals', () => this.close(), { icon: 'close', iconOnly: true }),
			),
			this.#panels,
		);
		this.#launcher = button('Terminal', () => void this.toggle(), {
			icon: 'terminal',
			attributes: { class: 'dock-launcher', 'aria-expanded': 'false' },
		});
		this.append(
			this.#dock,
			create('div', { class: 'launcher' }, connectionStatus(this.#session), this.#launcher),
		);
		this.#tabList.addEventListener('keydown', (event) => this.#onTabKey(event));
	}

	#listen(): void {
		const current = this.#session;
		current.on('terminals', (terminals) => this.#reconnect(terminals));
		current.on('terminal', ({ terminal }) => this.#tabs.get(terminal.name)?.update(terminal));
		current.on('message', (message) => {
			if (message.type === 'exit') this.#byNumber(message.terminal)?.exited(message.exitCode);
			if (message.type === 'snapshot') this.#byNumber(message.terminal)?.restore(message);
		});
		current.connection.on('output', (output) => this.#byNumber(output.terminal)?.receive(output));
		current.runs.on('status', ({ status, own, terminal }) => {
			// What this page ran is shown where it went; the deck shows what the speaker view ran as well.
			const shows = own || document.documentElement.dataset.view === 'deck';
			const info =
				terminal === undefined ? undefined : current.terminals.find((one) => one.terminal === terminal);
			if (status.state === 'running' && info && shows) {
				this.#tabOf(info.name).update(info);
				void this.#reveal(info.name).catch(() => undefined);
			}
		});
		const { signal } = this.#stop;
		addEventListener('resize', () => this.#place(), { signal });
		// A phone's keyboard covers the window's lower end without making the page smaller.
		visualViewport?.addEventListener('resize', () => this.#place(), { signal });
		new ResizeObserver(() => this.#activeTab?.fit()).observe(this.#panels);
	}

	#reconnect(terminals: TerminalInfo[]): void {
		for (const info of terminals) this.#tabOf(info.name);
		for (const [name, tab] of this.#tabs) tab.reconnect(terminals.find((info) => info.name === name));
		if (this.isOpen) void this.open();
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
			changed: () => this.#drawTabs(),
			leave: () => this.#tabList.querySelector<HTMLElement>('[aria-selected="true"]')?.focus(),
		});
		tab.info = this.#session.terminals.find((info) => info.name === name);
		this.#tabs.set(name, tab);
		this.#panels.append(tab.panel);
		this.#drawTabs();
		return tab;
	}

	#addTab(): void {
		let number = 2;
		while (this.#tabs.has(`terminal-${number}`)) number += 1;
		const name = `terminal-${number}`;
		void this.#reveal(name).then(
			() => this.#tabs.get(name)?.focus(),
			() => undefined,
		);
	}

	#activate(name: string): void {
		this.#active = name;
		for (const tab of this.#tabs.values()) tab.panel.hidden = tab.name !== name;
		this.#drawTabs();
	}

	#drawTabs(): void {
		const focused = this.#tabList.contains(document.activeElement);
		const tabs = [...this.#tabs.values()].map((tab) => {
			const selected = tab.name === this.#active;
			const title = tab.info?.title ? `${tab.name}: ${tab.info.title}` : tab.name;
			const choose = button(tab.name, () => void this.#reveal(tab.name).then(() => tab.focus()), {
				attributes: {
					role: 'tab',
					'aria-selected': String(selected),
					'aria-controls': tab.panel.id,
					tabindex: selected ? '0' : '-1',
					'data-terminal-state': tab.info?.state ?? 'idle',
					title,
				},
			});
			if (tab.info?.state === 'busy') choose.append(create('span', { class: 'visually-hidden' }, ' (busy)'));
			tab.panel.setAttribute('aria-label', `Terminal ${tab.name}`);
			return choose;
		});
		this.#tabList.replaceChildren(...tabs);
		this.#drawClose();
		if (focused) this.#tabList.querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
	}

	/** The selected tab's own close button stands behind the tabs, as a tab list may hold tabs only. */
	#drawClose(): void {
		this.#dock?.querySelector('.dock-close-tab')?.remove();
		const tab = this.#activeTab;
		if (!tab || this.#tabs.size < 2) return;
		this.#tabList.after(
			button(`End terminal ${tab.name}`, () => void this.#closeTab(tab), {
				icon: 'close',
				iconOnly: true,
				attributes: { class: 'dock-close-tab' },
			}),
		);
	}

	async #closeTab(tab: TerminalTab): Promise<void> {
		const text = 'A command runs in it. Closing the terminal ends the command.';
		if (
			tab.info?.state === 'busy' &&
			!(await ask({ title: `End terminal ${tab.name}?`, text, act: 'End it' }))
		)
			return;
		tab.close();
		this.#tabs.delete(tab.name);
		const next = this.#tabs.keys().next().value;
		this.#active = undefined;
		if (next === undefined) this.close();
		else await this.#reveal(next).catch(() => undefined);
		this.#activeTab?.focus();
	}

	#onTabKey(event: KeyboardEvent): void {
		const names = [...this.#tabs.keys()];
		const at = names.indexOf(this.#active ?? '');
		const step = { ArrowRight: at + 1, ArrowLeft: at - 1 + names.length, Home: 0, End: names.length - 1 }[
			event.key
		];
		if (step === undefined) return;
		event.preventDefault();
		void this.#reveal(names[step % names.length]).catch(() => undefined);
	}

	#setOpen(open: boolean): void {
		if (open === this.isOpen) return;
		this.#dock.hidden = !open;
		this.#launcher.setAttribute('aria-expanded', String(open));
		this.#choice.open = open;
		rememberDock(store, this.#choice);
		this.#place();
	}

	get #side(): Side {
		const { view = 'page' } = document.documentElement.dataset;
		return sideFor(this.#choice, view, innerWidth, innerHeight);
	}

	#switchSide(): void {
		this.#choice.side = this.#side === 'below' ? 'beside' : 'below';
		rememberDock(store, this.#choice);
		this.#place();
	}

	#resize(share: number): void {
		this.#choice.share[this.#side] = clampShare(share);
		rememberDock(store, this.#choice);
		this.#place();
	}

	/** Writes the dock's place and size to the root element, where the layouts take them from. */
	#place(): void {
		const root = document.documentElement;
		const side = this.#side;
		const share = this.#choice.share[side];
		const visible = visualViewport?.height ?? innerHeight;
		const hidden = Math.max(0, innerHeight - visible - (visualViewport?.offsetTop ?? 0));
		root.dataset.dock = this.isOpen ? side : 'closed';
		root.style.setProperty(
			'--dock-width',
			this.isOpen && side === 'beside' ? `${share * innerWidth}px` : '0px',
		);
		root.style.setProperty('--dock-height', this.isOpen && side === 'below' ? `${share * visible}px` : '0px');
		root.style.setProperty('--dock-raised', `${hidden}px`);
		this.#separator.show(side, share);
		const label = side === 'below' ? 'Dock beside' : 'Dock below';
		this.#sideButton.setAttribute('aria-label', label);
		this.#sideButton.title = label;
		this.#sideButton.hidden = innerWidth < 700;
		this.#activeTab?.fit();
	}

	/** Switches all screens to be spoken, or not. */
	set screenReader(on: boolean) {
		for (const tab of this.#tabs.values()) tab.screenReader = on;
	}
}
