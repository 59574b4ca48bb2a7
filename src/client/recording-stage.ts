// A screen for recordings, in a terminal's place and marked as what it is.
import './recording.css';
import type { Recording } from '../course/recording.ts';
import { button, create } from './create.ts';
import { TerminalScreen } from './terminal-screen.ts';

/** Milliseconds: no wait is longer, and none between two outputs shorter. */
const longestWait = 1_500;
const shortestWait = 60;

const control = '\x1b';
/** A program takes a screen of its own, or gives it back. */
const ownScreen = new RegExp(`${control}\\[\\?1049([hl])`, 'g');
const ordinaryScreen = `${control}[?1049l`;
/** What a program that was cut off may have left besides: its colours, its hidden cursor. */
const afresh = `${control}[0m${control}[?25h`;
/** Programs that place their output need the screen that they were recorded on. */
const placesOutput = new RegExp(`${control}\\[(?:\\?1049h|\\d*;?\\d*[HJ])`);

/** One recording on its way through the screen. */
interface Playing {
	recording: Recording;
	/** Ends the wait for the next output, whatever `state` says then. */
	wake(): void;
	state: 'running' | 'paused' | 'skipping' | 'stopped';
}

export class RecordingStage {
	#host = create('div', { class: 'terminal-screen' });
	#words = create('span', { role: 'status' });
	/** Pauses, goes on, or plays again. */
	#main = button('Pause', () => this.#pressed());
	#skip = button('Skip', () => this.#become('skipping'), {
		attributes: { title: 'Shows the rest at once' },
	});
	#bar = create(
		'div',
		{ class: 'recording-bar', role: 'group', 'aria-label': 'Recording' },
		this.#words,
		this.#main,
		this.#skip,
	);
	#screen: TerminalScreen;
	#observer: ResizeObserver;
	#playing: Playing | undefined;
	/** Leaving a screen that nobody is on would send the cursor to the top. */
	#onOwnScreen = false;
	/** What Play again plays. */
	#last: Recording | undefined;

	constructor(panel: HTMLElement) {
		panel.classList.add('has-recording');
		panel.append(this.#bar, this.#host);
		// Spoken in any case: it is all that a person who hears the page has of it, and it has an end.
		this.#screen = new TerminalScreen(
			this.#host,
			{
				input: () => undefined,
				resized: () => undefined,
				leave: () => document.getElementById(`${panel.id}-tab`)?.focus(),
			},
			{ screenReader: true, readOnly: true },
		);
		this.#observer = new ResizeObserver(() => this.#screen.fit());
		this.#observer.observe(this.#host);
	}

	/** Plays to the end, unless another one is played meanwhile. */
	async play(recording: Recording): Promise<'ended' | 'stopped'> {
		this.#become('stopped');
		const playing: Playing = { recording, wake: () => undefined, state: 'running' };
		this.#playing = playing;
		this.#last = recording;
		this.#show();
		if (this.#onOwnScreen) this.#write(ordinaryScreen);
		this.#write(afresh);
		this.#fitFor(recording);
		// Who wants less motion is shown all of it at once.
		if (matchMedia('(prefers-reduced-motion: reduce)').matches) playing.state = 'skipping';
		let before = 0;
		for (const [at, text] of recording.events) {
			const wait = Math.max(shortestWait, Math.min(longestWait, (at - before) * 1000));
			before = at;
			await this.#pass(playing, wait);
			if (playing.state === 'stopped') return 'stopped';
			this.#write(text);
		}
		this.#playing = undefined;
		this.#show();
		return 'ended';
	}

	remove(): void {
		this.#become('stopped');
		this.#observer.disconnect();
		this.#screen.dispose();
		this.#host.parentElement?.classList.remove('has-recording');
		this.#host.remove();
		this.#bar.remove();
	}

	#fitFor({ columns, rows, events }: Recording): void {
		const fixed = placesOutput.test(events.map(([, text]) => text).join(''));
		this.#host.classList.toggle('has-own-size', fixed);
		if (fixed) {
			this.#observer.disconnect();
			this.#screen.resize(columns, rows);
		} else {
			this.#observer.observe(this.#host);
			this.#screen.fit();
		}
	}

	#write(text: string): void {
		for (const [, change] of text.matchAll(ownScreen)) this.#onOwnScreen = change === 'h';
		this.#screen.write(text);
	}

	/** Waits, and as long as it is paused. */
	async #pass(playing: Playing, wait: number): Promise<void> {
		const woken = (ms?: number) =>
			new Promise<void>((resolve) => {
				const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
				playing.wake = () => {
					clearTimeout(timer);
					resolve();
				};
			});
		if (playing.state === 'running') await woken(wait);
		while (playing.state === 'paused') await woken();
	}

	#pressed(): void {
		if (!this.#playing) void (this.#last && this.play(this.#last));
		else this.#become(this.#playing.state === 'paused' ? 'running' : 'paused');
	}

	#become(state: Playing['state']): void {
		const playing = this.#playing;
		if (!playing) return;
		playing.state = state;
		playing.wake();
		this.#show();
	}

	#show(): void {
		const { state } = this.#playing ?? {};
		const paused = state === 'paused';
		const title = this.#last?.title;
		this.#words.textContent = !state
			? `The recording has ended: ${title}`
			: `Recording, not live${paused ? ', paused' : ''}: ${title}`;
		this.#words.title = this.#words.textContent;
		this.#main.textContent = paused ? 'Continue' : state ? 'Pause' : 'Play again';
		// The focus would be lost with the button.
		if (!state && document.activeElement === this.#skip) this.#main.focus();
		this.#skip.hidden = !state;
	}
}
