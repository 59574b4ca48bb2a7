// A chapter of a session: its lab, its working folder, and the values that steps captured.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, normalize, sep } from 'node:path';
import { type Chapter, type CommandStep, cleanUpExercise } from '../../src/course/manifest.ts';
import type { ChapterLab, LabProvider } from '../labs/lab.ts';
import type { LabKind } from '../protocol.ts';
import { runInBackground } from './background.ts';
import { sessionEnvironment } from './environment.ts';

export interface WorkspaceOptions {
	/** The session's folder. */
	root: string;
	/** The session's marker. */
	session: string;
	path: string;
	/** Absolute path of the shell. */
	shell: string;
	lab: LabProvider;
	/** Whether what the chapter has made in a cluster that stays is removed first. */
	cleanUp: boolean;
	/** Whether the lab hurries until it is told otherwise. */
	hurry: boolean;
	/** Told whenever `progress` has changed. */
	progressed(workspace: Workspace): void;
}

export class Workspace {
	readonly chapter: Chapter;
	/** The working folder. */
	readonly folder: string;
	readonly environment: Record<string, string>;
	/** Shell variables by `capture=`. */
	readonly captured = new Map<string, string>();
	/** Whether the lab is up and its setup done; a message for people where it failed. */
	state: 'starting' | 'ready' | 'failed' = 'starting';
	message: string;
	/** What it does meanwhile, for people; undefined where there is nothing to tell. */
	doing: string | undefined;
	/** Of the lab, the steps that clean up and those of its setup, how many are done. */
	readonly progress: { done: number; total: number };
	/** Resolves when the lab is up and its setup done, and when either has failed; never rejects. */
	readonly ready: Promise<void>;
	readonly #options: WorkspaceOptions;
	readonly #aborted = new AbortController();
	readonly #kubeconfig: string;
	readonly #cache: string;
	readonly #removals: CommandStep[];
	#lab: ChapterLab | undefined;

	private constructor(chapter: Chapter, options: WorkspaceOptions) {
		this.chapter = chapter;
		this.#options = options;
		this.folder = join(options.root, 'chapters', chapter.slug);
		this.#kubeconfig = join(options.root, 'kubeconfig', `${chapter.slug}.yaml`);
		this.#cache = join(options.root, 'cache', chapter.slug);
		this.environment = sessionEnvironment({
			path: options.path,
			session: options.session,
			chapter: chapter.slug,
			home: join(options.root, 'home'),
			folder: this.folder,
			kubeconfig: this.#kubeconfig,
			cache: this.#cache,
		});
		this.message = options.lab.description;
		this.#removals = options.cleanUp ? removals(chapter, options.lab.kind) : [];
		this.progress = { done: 0, total: 1 + this.#removals.length + chapter.setup.length };
		this.ready = Promise.resolve();
	}

	/** Makes the folder and writes the chapter's files; the lab follows (`ready`). */
	static async create(chapter: Chapter, options: WorkspaceOptions): Promise<Workspace> {
		const workspace = new Workspace(chapter, options);
		await mkdir(workspace.folder, { recursive: true });
		await mkdir(dirname(workspace.#kubeconfig), { recursive: true });
		for (const [name, text] of Object.entries(chapter.files)) {
			const path = normalize(name);
			if (path.startsWith(sep) || path.split(sep).includes('..'))
				throw new Error(`chapter ${chapter.slug}: the file ${name} lies outside its lab/ folder.`);
			await mkdir(dirname(join(workspace.folder, path)), { recursive: true });
			await writeFile(join(workspace.folder, path), text);
		}
		(workspace as { ready: Promise<void> }).ready = workspace.#start();
		return workspace;
	}

	/** Undefined until it is up. */
	get lab(): ChapterLab | undefined {
		return this.#lab;
	}

	/** Aborted when the workspace is removed. */
	get signal(): AbortSignal {
		return this.#aborted.signal;
	}

	/** Has the lab hurry, or not. */
	async hurry(on: boolean): Promise<void> {
		await this.#lab?.hurry?.(on);
	}

	/** Runs a check's or the setup's step unseen, in the working folder. */
	runInBackground(step: Parameters<typeof runInBackground>[0]) {
		return runInBackground(step, {
			shell: this.#options.shell,
			directory: this.folder,
			environment: { ...this.environment, ...Object.fromEntries(this.captured) },
			signal: this.signal,
		});
	}

	/** Ends the lab and removes the folder; the caller has ended the processes. */
	async remove(): Promise<void> {
		this.#aborted.abort();
		await this.ready;
		await this.#lab?.remove();
		for (const path of [this.folder, this.#kubeconfig, this.#cache])
			await rm(path, { recursive: true, force: true });
	}

	async #start(): Promise<void> {
		const { lab } = this.#options;
		try {
			this.#lab = await lab.create({ nodes: this.chapter.lab.nodes });
			if (this.#options.hurry) await this.hurry(true);
			this.#advance();
			// An empty file keeps kubectl from the cluster that it would look for at localhost.
			await writeFile(this.#kubeconfig, this.#lab.kubeconfig ?? '', { mode: 0o600 });
			await this.#cleanUp();
			await this.#setUp();
			this.state = 'ready';
		} catch (error) {
			this.state = 'failed';
			this.message = `The lab of this chapter could not be made: ${(error as Error).message} Reset the chapter to try again.`;
		}
	}

	/** What is not there cannot be removed: how a step ends says nothing. */
	async #cleanUp(): Promise<void> {
		for (const step of this.#removals) {
			if (this.signal.aborted) return;
			this.doing = `Removing what this chapter has made: ${step.command.split('\n', 1)[0]}`;
			this.#tell();
			await this.runInBackground(step);
			this.doing = undefined;
			this.#advance();
		}
	}

	async #setUp(): Promise<void> {
		const { kind } = this.#options.lab;
		if (kind === 'none') return;
		for (const step of this.chapter.setup) {
			const elsewhere = step.only && step.only !== kind;
			const result = elsewhere ? undefined : await this.runInBackground(step);
			this.#advance();
			if (result && !result.passed)
				throw new Error(`its setup (${step.source.file}:${step.source.line}) failed. ${result.reason}`);
		}
	}

	#advance(): void {
		this.progress.done++;
		this.#tell();
	}

	#tell(): void {
		if (!this.signal.aborted) this.#options.progressed(this);
	}
}

/** By what a chapter removes what it has made in a cluster that stays. */
function removals({ exercises }: Chapter, lab: LabKind): CommandStep[] {
	if (lab !== 'kubeconfig') return [];
	const steps = exercises.find(({ id }) => id === cleanUpExercise)?.steps ?? [];
	return steps.filter((step): step is CommandStep => step.kind === 'command' && (step.only ?? lab) === lab);
}
