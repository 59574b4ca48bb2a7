// A browser session: its chapters, its terminals, what it has run, and the pages that look at it.
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LabProvider } from '../labs/lab.ts';
import type { ServerMessage, StepReference, TerminalInfo } from '../protocol.ts';
import type { TerminalBackend } from '../terminals/backend.ts';
import { Terminal } from '../terminals/terminal.ts';
import { Chapters } from './chapters.ts';
import type { Course } from './course.ts';
import { type LabAddress, labAddress } from './lab-address.ts';
import type { Limits } from './limits.ts';
import { endProcesses, endProcessesNow, type Marker } from './processes.ts';
import { RefusedError } from './refused-error.ts';
import { RunLog } from './run-log.ts';
import { ShellTerminal } from './shell-terminal.ts';
import { Steps } from './steps.ts';

/** What every session of a server shares. */
export interface SessionContext {
	course: Course;
	lab: LabProvider;
	backend: TerminalBackend;
	/** Absolute path of the shell for commands that run unseen. */
	shell: string;
	/** PATH of the shells. */
	path: string;
	limits: Limits;
	/** For the operator: what went wrong and is no user's fault. */
	report(error: unknown, what: string): void;
}

/** A page of the session, as the session sees it. */
export interface Listener {
	tell(message: ServerMessage): void;
}

/** The size of a terminal that no page shows yet. */
const defaultSize = { columns: 80, rows: 24 };

interface Size {
	columns: number;
	rows: number;
}

export class Session {
	readonly folder: string;
	readonly #context: SessionContext;
	readonly #secret: string;
	readonly #listeners = new Set<Listener>();
	readonly #terminals = new Map<number, ShellTerminal>();
	readonly #runs = new RunLog((message) => this.#tell(message));
	readonly #steps: Steps;
	readonly chapters: Chapters;
	#lastTerminal = 0;
	#ended = false;
	/** When the last page left, in ms since 1970; undefined while there is one. */
	idleSince: number | undefined = Date.now();

	private constructor(folder: string, secret: string, context: SessionContext) {
		this.folder = folder;
		this.#secret = secret;
		this.#context = context;
		const { course, lab, limits } = context;
		this.#steps = new Steps(
			{
				course,
				lab,
				limits,
				open: (slug, name) => this.#open(slug, name),
				workspace: (slug) => this.chapters.workspace(slug),
				readyWorkspace: (slug) => this.chapters.readyWorkspace(slug),
			},
			this.#runs,
		);
		this.chapters = new Chapters({
			context,
			folder,
			secret,
			steps: this.#steps,
			tell: (message) => this.#tell(message),
			clear: (slug) => this.#clear(slug),
		});
	}

	/** @param folder does not exist yet; its name's last part is the session's marker. */
	static async create(folder: string, marker: string, context: SessionContext): Promise<Session> {
		for (const name of ['', 'home', 'tmp', 'chapters', 'kubeconfig', 'cache'])
			await mkdir(join(folder, name), { mode: 0o700 });
		return new Session(folder, marker, context);
	}

	/** What every process of the session carries in its environment. */
	get marker(): Marker {
		return { SLIDECAR_SESSION: this.#secret };
	}

	get pages(): number {
		return this.#listeners.size;
	}

	get terminals(): TerminalInfo[] {
		return [...this.#terminals.values()].map(({ terminal }) => describe(terminal));
	}

	/**
	 * What the buttons of a chapter's exercises do.
	 * @throws RefusedError while the chapter catches up: its shells are in use.
	 */
	stepsOf(slug: string): Steps {
		this.chapters.refuseWhileCatchingUp(slug);
		return this.#steps;
	}

	/** A page joins: tells it how things stand, and from then on what happens. */
	async join(listener: Listener): Promise<void> {
		this.#listeners.add(listener);
		this.idleSince = undefined;
		const { kind, description } = this.#context.lab;
		listener.tell({
			type: 'ready',
			lab: { kind, description },
			terminals: this.terminals,
			runs: this.#runs.latest(),
		});
		await this.chapters.tell(listener);
	}

	leave(listener: Listener): void {
		this.#listeners.delete(listener);
		if (this.#listeners.size === 0) this.idleSince = Date.now();
	}

	/** @throws RefusedError where the session has no such terminal. */
	terminal(number: number): Terminal {
		return this.#shellTerminal(number).terminal;
	}

	/** Types what a person typed. */
	input(number: number, data: Uint8Array): void {
		const shell = this.#shellTerminal(number);
		shell.typedByHand();
		if (!shell.terminal.write(data))
			throw new RefusedError(
				'too-large',
				`What is typed into terminal ${shell.terminal.name} is not being read. End its command with ^C.`,
			);
	}

	findTerminal(number: number): Terminal | undefined {
		return this.#terminals.get(number)?.terminal;
	}

	/** The terminal of that name of a chapter: the one that is there, or a new one. */
	async open(slug: string, name: string, size: Size, asked: Listener): Promise<TerminalInfo> {
		return describe((await this.#open(slug, name, size, asked)).terminal);
	}

	async #open(slug: string, name: string, size = defaultSize, asked?: Listener): Promise<ShellTerminal> {
		const workspace = await this.chapters.workspace(slug);
		const existing = this.#named(slug, name);
		if (existing) return existing;
		if (this.#ended) throw new RefusedError('failed', 'The session has ended. Reload the page.');
		const most = this.#context.limits.terminalsPerSession;
		for (const [number, { terminal }] of this.#terminals) {
			const replaced = terminal.chapter === slug && terminal.name === name;
			if (terminal.state === 'exited' && (replaced || this.#terminals.size >= most))
				this.#terminals.delete(number);
		}
		if (this.#terminals.size >= most)
			throw new RefusedError('limit', `A session has at most ${most} terminals. Close one first.`);
		const number = this.#nextNumber();
		const terminal = new Terminal(
			{
				number,
				chapter: slug,
				name,
				directory: workspace.folder,
				environment: { ...workspace.environment, SLIDECAR_TERMINAL: String(number) },
				...size,
			},
			this.#context.backend,
			{
				changed: () => this.#tell({ type: 'terminal', terminal: describe(terminal) }),
				exited: (exitCode) => this.#tell({ type: 'exit', terminal: number, exitCode }),
			},
		);
		const shell = new ShellTerminal(terminal);
		this.#terminals.set(number, shell);
		this.#tell({ type: 'opened', terminal: describe(terminal) }, asked);
		return shell;
	}

	/** @see labAddress */
	async pageOf(reference: StepReference): Promise<LabAddress> {
		const { step } = await this.#context.course.step(reference);
		return labAddress(step, await this.chapters.readyWorkspace(reference.chapter));
	}

	/** Ends a terminal and every process that was started in it. */
	async close(number: number): Promise<void> {
		const { terminal } = this.#shellTerminal(number);
		this.#terminals.delete(number);
		// Before the shell is gone: what it started without the marker is known by it.
		await endProcesses({ ...this.marker, SLIDECAR_TERMINAL: String(number) });
		terminal.close();
	}

	/** Ends everything that the session has started, and removes its folder. */
	async end(): Promise<void> {
		this.#ended = true;
		await endProcesses(this.marker);
		for (const { terminal } of this.#terminals.values()) terminal.close();
		this.#terminals.clear();
		await this.chapters.remove();
		await endProcesses(this.marker);
		await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
	}

	/** Likewise, at once: for a server that is about to exit. */
	endNow(): void {
		endProcessesNow(this.marker);
		rmSync(this.folder, { recursive: true, force: true });
	}

	#shellTerminal(number: number): ShellTerminal {
		const shell = this.#terminals.get(number);
		if (!shell)
			throw new RefusedError('unknown-terminal', `This session has no terminal ${number}. Open it again.`);
		return shell;
	}

	#named(slug: string, name: string): ShellTerminal | undefined {
		for (const shell of this.#terminals.values()) {
			const { terminal } = shell;
			if (terminal.chapter === slug && terminal.name === name && terminal.state !== 'exited') return shell;
		}
		return undefined;
	}

	/** A number that no page still takes for another terminal's: the protocol has 16 bits for it. */
	#nextNumber(): number {
		do this.#lastTerminal = (this.#lastTerminal % 0xffff) + 1;
		while (this.#terminals.has(this.#lastTerminal));
		return this.#lastTerminal;
	}

	#tell(message: ServerMessage, except?: Listener): void {
		for (const listener of this.#listeners) if (listener !== except) listener.tell(message);
	}

	/** Ends a chapter's terminals, their processes and what is known of its runs. */
	async #clear(slug: string): Promise<void> {
		const shells = [...this.#terminals.values()].filter(({ terminal }) => terminal.chapter === slug);
		for (const { terminal } of shells) this.#terminals.delete(terminal.number);
		await endProcesses({ ...this.marker, SLIDECAR_CHAPTER: slug });
		for (const { terminal } of shells) terminal.close();
		this.#runs.forget(slug);
	}
}

/** A terminal as the protocol tells of it. */
export function describe(terminal: Terminal): TerminalInfo {
	const { number, chapter, name, title, state, offset } = terminal;
	return { terminal: number, chapter, name, title, state, offset };
}

/** A name for a session's folder and its processes, which cannot be guessed. */
export function newMarker(): string {
	return randomBytes(16).toString('hex');
}
