// Plays a step's recording in the dock, where there is no lab. Loaded when the first one is played.
import './recording.css';
import { type Recording, readRecording, recordingFile } from '../course/recording.ts';
import { button, create } from './create.ts';
import type { Target } from './runs.ts';
import type { Session } from './session.ts';
import { TerminalScreen } from './terminal-screen.ts';

/** Milliseconds: no wait is longer, and none between two outputs shorter. */
const longestWait = 1_500;
const shortestWait = 60;

const control = '\x1b';
/** What a program that was cut off may have left: its screen, its colours, its hidden cursor. */
const afresh = `${control}[?1049l${control}[0m${control}[?25h`;
/** Programs that place their output need the screen that they were recorded on. */
const placesOutput = new RegExp(`${control}\\[(?:\\?1049h|\\d*;?\\d*[HJ])`);

/** By terminal. */
const stages = new Map<string, Stage>();

/** Plays the recording of a step, and says at the step what is going on. */
export async function play(session: Session, target: Target, terminal = 'main'): Promise<void> {
	const say = (note: string) => session.runs.say(target, note);
	const host = session.terminalHost;
	if (!host) return say('There is no lab here. Recordings play in the deck and on the page.');
	say('Loading the recording…');
	let recording: Recording;
	try {
		recording = await load(target);
	} catch {
		return say('There is no recording of this step here.');
	}
	if (recording.digest !== target.digest)
		return say('The recording is older than this step: it is not played.');
	await host.prepare(terminal);
	const panel = document.getElementById(`terminal-${terminal}`);
	if (!panel) return;
	let stage = stages.get(terminal);
	if (!stage) {
		stage = new Stage(panel);
		stages.set(terminal, stage);
		// A lab that comes after all takes its terminal back.
		const stop = session.on('terminals', () => {
			stop();
			stages.get(terminal)?.remove();
			stages.delete(terminal);
		});
	}
	say('Playing a recording.');
	const played = await stage.play(recording);
	say(played === 'ended' ? 'Played from a recording; nothing has run.' : 'The recording was stopped.');
}

async function load({ chapter, exercise, step = 0 }: Target): Promise<Recording> {
	const { base = '/' } = document.body.dataset;
	const file = recordingFile(exercise, step);
	const response = await fetch(`${base.replace(/\/*$/, '/')}recordings/${chapter}/${file}`);
	if (!response.ok) throw new Error(`${response.status}`);
	return readRecording(await response.text());
}

/** A screen for recordings, in a terminal's place and marked as what it is. */
class Stage {
	#host = create('div', { class: 'terminal-screen' });
	#words = create('span', { role: 'status' });
	#stop = button('Stop', () => this.stop());
	#bar = create('div', { class: 'recording-bar' }, this.#words, this.#stop);
	#screen: TerminalScreen;
	#observer: ResizeObserver;
	#playing: AbortController | undefined;

	constructor(panel: HTMLElement) {
		panel.classList.add('has-recording');
		panel.append(this.#bar, this.#host);
		this.#screen = new TerminalScreen(
			this.#host,
			{
				input: () => undefined,
				resized: () => undefined,
				leave: () => document.getElementById(`${panel.id}-tab`)?.focus(),
			},
			{ screenReader: false },
		);
		this.#screen.muted = true;
		this.#observer = new ResizeObserver(() => this.#screen.fit());
		this.#observer.observe(this.#host);
	}

	/** Plays to the end, unless it is stopped or another one is played. */
	async play(recording: Recording): Promise<'ended' | 'stopped'> {
		this.stop();
		const playing = new AbortController();
		this.#playing = playing;
		this.#words.textContent = `Recording, not live: ${recording.title}`;
		this.#stop.hidden = false;
		this.#screen.write(afresh);
		const text = recording.events.map(([, text]) => text).join('');
		this.#host.classList.toggle('has-own-size', placesOutput.test(text));
		if (placesOutput.test(text)) {
			this.#observer.disconnect();
			this.#screen.resize(recording.columns, recording.rows);
		} else {
			this.#observer.observe(this.#host);
			this.#screen.fit();
		}
		const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
		let before = 0;
		for (const [at, text] of recording.events) {
			const wait = Math.max(shortestWait, Math.min(longestWait, (at - before) * 1000));
			before = at;
			if (!calm) await sleep(wait, playing.signal);
			if (playing.signal.aborted) return 'stopped';
			this.#screen.write(text);
		}
		this.#end('The recording has ended');
		return 'ended';
	}

	stop(): void {
		if (!this.#playing) return;
		this.#playing.abort();
		this.#end('The recording was stopped');
	}

	remove(): void {
		this.stop();
		this.#observer.disconnect();
		this.#screen.dispose();
		this.#host.parentElement?.classList.remove('has-recording');
		this.#host.remove();
		this.#bar.remove();
	}

	#end(words: string): void {
		this.#playing = undefined;
		this.#words.textContent = words;
		// Not while it has the focus: that would be lost.
		if (document.activeElement === this.#stop) this.#screen.focus();
		this.#stop.hidden = true;
	}
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const timer = setTimeout(resolve, ms);
		signal.addEventListener('abort', () => {
			clearTimeout(timer);
			resolve();
		});
	});
}
