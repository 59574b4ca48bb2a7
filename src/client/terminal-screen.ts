// The one file that knows xterm. It is loaded when a terminal is first opened.
import '@xterm/xterm/css/xterm.css';
import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import { limitRepeatCounts } from '../../server/terminals/repeat-counts.ts';
import { terminalTheme } from './terminal-colors.ts';

export interface ScreenEvents {
	/** Bytes typed or pasted, or answered by the terminal to a program's query. */
	input(bytes: Uint8Array): void;
	resized(columns: number, rows: number): void;
	/** The person wants to leave the terminal by the keyboard. */
	leave(): void;
}

/** One terminal's screen in `host`. */
export class TerminalScreen {
	#terminal: Terminal;
	#fit = new FitAddon();
	#host: HTMLElement;
	#events: ScreenEvents;
	#readOnly: boolean;
	#stop = new AbortController();
	/** The key bar's Ctrl waits for the key that it goes with. */
	#control = false;
	controlChanged: (held: boolean) => void = () => undefined;

	/** @param options `readOnly`: it takes no input, and leaves the keys that would be input to the page. */
	constructor(
		host: HTMLElement,
		events: ScreenEvents,
		{ screenReader, readOnly = false }: { screenReader: boolean; readOnly?: boolean },
	) {
		this.#host = host;
		this.#events = events;
		this.#readOnly = readOnly;
		this.#terminal = new Terminal({
			fontFamily: getComputedStyle(host).getPropertyValue('--font-code').trim() || 'monospace',
			fontSize: matchMedia('(max-width: 40rem)').matches ? 12 : 13,
			lineHeight: 1.2,
			cursorBlink: !readOnly && !matchMedia('(prefers-reduced-motion: reduce)').matches,
			minimumContrastRatio: 4.5,
			screenReaderMode: screenReader,
			disableStdin: readOnly,
			scrollback: 5000,
			macOptionIsMeta: true,
			theme: terminalTheme(host),
			windowOptions: {},
			// OSC 8 links: only to the web, and without our page as their opener.
			linkHandler: {
				activate: (_event, address) => {
					if (/^https?:\/\//i.test(address)) open(address, '_blank', 'noopener,noreferrer');
				},
			},
		});
		this.#terminal.loadAddon(this.#fit);
		this.#terminal.open(host);
		// OSC 52 would give the clipboard to any program that prints it.
		this.#terminal.parser.registerOscHandler(52, () => true);
		limitRepeatCounts(this.#terminal.parser, () => this.#terminal.rows);
		this.#terminal.onData((text) => this.#typed(text));
		this.#terminal.onBinary((text) => events.input(Uint8Array.from(text, (char) => char.charCodeAt(0))));
		this.#terminal.onResize(({ cols, rows }) => events.resized(cols, rows));
		this.#terminal.attachCustomKeyEventHandler((event) => this.#keep(event));
		const input = this.#terminal.textarea;
		if (readOnly) input?.setAttribute('aria-label', 'Recording of a terminal. Shift+Page Up scrolls back.');
		else input?.setAttribute('aria-description', 'Ctrl+M leaves the terminal.');
		this.#followTheme();
	}

	get columns(): number {
		return this.#terminal.cols;
	}

	get rows(): number {
		return this.#terminal.rows;
	}

	/** Shows output; `parsed` is called when the terminal has worked it in. */
	write(bytes: Uint8Array | string, parsed?: () => void): void {
		this.#terminal.write(bytes, parsed);
	}

	/** While on, nothing that is typed or answered goes out. */
	set muted(muted: boolean) {
		this.#terminal.options.disableStdin = muted;
	}

	set screenReader(on: boolean) {
		this.#terminal.options.screenReaderMode = on;
	}

	reset(): void {
		this.#terminal.reset();
	}

	resize(columns: number, rows: number): void {
		this.#terminal.resize(columns, rows);
	}

	/** Takes the size of its host; does nothing while that is not shown. */
	fit(): void {
		if (this.#host.clientWidth > 0 && this.#host.clientHeight > 0) this.#fit.fit();
	}

	focus(): void {
		this.#terminal.focus();
	}

	/** Types for the key bar, as if by a keyboard. */
	type(text: string): void {
		this.#terminal.input(text);
		this.focus();
	}

	/** A cursor key, as the program that runs there wants it. */
	arrow(letter: 'A' | 'B' | 'C' | 'D'): void {
		this.type(`\x1b${this.#terminal.modes.applicationCursorKeysMode ? 'O' : '['}${letter}`);
	}

	/** Holds Ctrl for the next key, or lets it go. */
	toggleControl(): void {
		this.#setControl(!this.#control);
		this.focus();
	}

	dispose(): void {
		this.#stop.abort();
		this.#terminal.dispose();
	}

	#setControl(held: boolean): void {
		this.#control = held;
		this.controlChanged(held);
	}

	#typed(text: string): void {
		let typed = text;
		if (this.#control && /^[@-_a-z]$/i.test(text)) {
			typed = String.fromCharCode(text.toUpperCase().charCodeAt(0) & 0x1f);
			this.#setControl(false);
		}
		this.#events.input(new TextEncoder().encode(typed));
	}

	/** Whether xterm shall handle a key. */
	#keep(event: KeyboardEvent): boolean {
		const { ctrlKey, shiftKey, altKey, metaKey } = event;
		const key = event.key.toLowerCase();
		// Enter is Ctrl+M to a shell, so that nothing is lost by taking it; Tab belongs to completion.
		if (ctrlKey && !shiftKey && !altKey && !metaKey && key === 'm') {
			event.preventDefault();
			if (event.type === 'keydown') this.#events.leave();
			return false;
		}
		// The browser's own copy and paste.
		if (ctrlKey && shiftKey && key === 'v') return false;
		if (ctrlKey && shiftKey && key === 'c' && this.#terminal.hasSelection()) {
			event.preventDefault();
			if (event.type === 'keydown') void navigator.clipboard?.writeText(this.#terminal.getSelection());
			return false;
		}
		// What is left is scrolling; Tab must lead on.
		return !this.#readOnly || (shiftKey && /^(page|home$|end$)/.test(key));
	}

	#followTheme(): void {
		const apply = () => {
			this.#terminal.options.theme = terminalTheme(this.#host);
		};
		const observer = new MutationObserver(apply);
		observer.observe(document.documentElement, { attributeFilter: ['data-theme', 'class'] });
		this.#stop.signal.addEventListener('abort', () => observer.disconnect());
		const dark = matchMedia('(prefers-color-scheme: dark)');
		dark.addEventListener('change', apply, { signal: this.#stop.signal });
	}
}
