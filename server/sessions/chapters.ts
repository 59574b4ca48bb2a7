// The chapters of a session: each has a lab and a working folder, made when it is first needed, made anew by a
// reset, and brought to where an exercise begins by catching up.
import type { ServerMessage, StepReference } from '../protocol.ts';
import { CatchUp } from './catch-up.ts';
import { RefusedError } from './refused-error.ts';
import type { Listener, SessionContext } from './session.ts';
import type { Steps } from './steps.ts';
import { Workspace } from './workspace.ts';

/** What chapters need of their session. */
export interface ChapterSession {
	readonly context: SessionContext;
	readonly folder: string;
	/** The session's marker. */
	readonly secret: string;
	readonly steps: Steps;
	tell(message: ServerMessage): void;
	/** Ends a chapter's terminals, their processes and what is known of its runs. */
	clear(slug: string): Promise<void>;
}

export class Chapters {
	readonly #session: ChapterSession;
	readonly #workspaces = new Map<string, Promise<Workspace>>();
	/** Workspaces that are being removed: a new one waits for the folder. */
	readonly #removing = new Map<string, Promise<void>>();
	#catchUp: CatchUp | undefined;

	constructor(session: ChapterSession) {
		this.#session = session;
	}

	get count(): number {
		return this.#workspaces.size;
	}

	/** The chapter's workspace; its lab may still be starting. */
	workspace(slug: string): Promise<Workspace> {
		return this.#workspaces.get(slug) ?? this.#make(slug);
	}

	/** @throws RefusedError where the chapter's lab could not be made. */
	async readyWorkspace(slug: string): Promise<Workspace> {
		const workspace = await this.workspace(slug);
		if (workspace.state === 'starting') {
			// So that the page knows what its run waits for.
			this.#session.tell(this.#message(workspace));
			await workspace.ready;
		}
		if (workspace.state === 'failed') throw new RefusedError('no-lab', workspace.message);
		return workspace;
	}

	/** @throws RefusedError where that is so. */
	refuseWhileCatchingUp(slug: string): void {
		if (this.#catchUp?.chapter.slug !== slug) return;
		const { title } = this.#catchUp.exercise;
		throw new RefusedError('busy', `This chapter catches up with “${title}”. Wait for it, or cancel it.`);
	}

	/** Tells a page how the chapters stand. */
	async tell(listener: Listener): Promise<void> {
		for (const making of this.#workspaces.values()) {
			// One that could not be made is told to whoever asked for it.
			const workspace = await making.catch(() => undefined);
			if (workspace) listener.tell(this.#message(workspace));
		}
	}

	/**
	 * A new lab and a new working folder for a chapter; its terminals and their processes end. `cleanUp`: in a
	 * cluster that stays, what the chapter has made is removed first.
	 */
	async reset(slug: string, id: string, cleanUp = false): Promise<void> {
		await this.#session.context.course.chapter(slug);
		if (this.#catchUp?.chapter.slug === slug) this.#catchUp = undefined;
		await this.#renew(slug, id, cleanUp);
	}

	/**
	 * The same, and then everything that comes before an exercise.
	 * @throws StepReferenceError where the course has no such exercise, or another version of it.
	 * @throws RefusedError where the session catches up already.
	 */
	async catchUp(reference: Omit<StepReference, 'step'>, id: string, cleanUp = false): Promise<void> {
		const { context, steps } = this.#session;
		const { chapter, exercise } = await context.course.exercise(reference);
		if (this.#catchUp)
			throw new RefusedError(
				'busy',
				`This session catches up with “${this.#catchUp.exercise.title}” already. Wait for it, or cancel it.`,
			);
		const catchUp = new CatchUp(chapter, exercise);
		this.#catchUp = catchUp;
		try {
			const workspace = await this.#renew(chapter.slug, id, cleanUp);
			await workspace.ready;
			if (workspace.signal.aborted || workspace.state === 'failed') return;
			const tell = () => this.#tellOf(workspace);
			tell();
			const stopped = await catchUp.run(steps, context.lab.kind, workspace.signal, tell);
			if (workspace.signal.aborted) return;
			await workspace.hurry(false);
			this.#catchUp = undefined;
			if (stopped === undefined) this.#tellOf(workspace, id);
			else {
				const { slug } = chapter;
				this.#session.tell({ type: 'lab', id, chapter: slug, state: 'failed', message: stopped });
			}
		} finally {
			if (this.#catchUp === catchUp) this.#catchUp = undefined;
		}
	}

	/**
	 * Ends a reset or a catch-up. What it has made is thrown away, so that the next command finds a fresh lab.
	 * @throws RefusedError where neither is under way.
	 */
	async cancel(slug: string, id: string): Promise<void> {
		const making = this.#workspaces.get(slug);
		const workspace = await making?.catch(() => undefined);
		const catchingUp = this.#catchUp?.chapter.slug === slug;
		if (!workspace || !(catchingUp || workspace.state === 'starting'))
			throw new RefusedError('idle', 'There is nothing to cancel: it has ended already.');
		if (catchingUp) this.#catchUp = undefined;
		if (this.#workspaces.get(slug) === making) this.#workspaces.delete(slug);
		const removing = this.#remove(slug, workspace);
		this.#removing.set(slug, removing);
		await removing;
		if (this.#removing.get(slug) === removing) this.#removing.delete(slug);
		const message =
			this.#session.context.lab.kind === 'kubeconfig'
				? 'Cancelled. Your cluster stays as it is; the next command starts in a fresh working folder.'
				: 'Cancelled. This chapter has no lab now: the next command starts a fresh one.';
		this.#session.tell({ type: 'lab', id, chapter: slug, state: 'none', message });
	}

	/** Ends all labs and removes all working folders. */
	async remove(): Promise<void> {
		this.#catchUp = undefined;
		for (const [slug, workspace] of this.#workspaces)
			await this.#remove(slug, await workspace.catch(() => undefined));
	}

	#renew(slug: string, id: string, cleanUp: boolean): Promise<Workspace> {
		const old = this.#workspaces.get(slug);
		const renewed = async () => {
			if (old) await this.#remove(slug, await old.catch(() => undefined));
			return this.#create(slug, id, cleanUp);
		};
		return this.#keep(slug, renewed());
	}

	#make(slug: string): Promise<Workspace> {
		return this.#keep(slug, this.#create(slug));
	}

	/** One that could not be made is forgotten, so that the next request tries again. */
	#keep(slug: string, making: Promise<Workspace>): Promise<Workspace> {
		this.#workspaces.set(slug, making);
		making.catch(() => {
			if (this.#workspaces.get(slug) === making) this.#workspaces.delete(slug);
		});
		return making;
	}

	async #create(slug: string, id?: string, cleanUp = false): Promise<Workspace> {
		await this.#removing.get(slug);
		const { context, folder, secret } = this.#session;
		const chapter = await context.course.chapter(slug);
		const { lab, shell, path } = context;
		const workspace = await Workspace.create(chapter, {
			root: folder,
			session: secret,
			path,
			shell,
			lab,
			cleanUp,
			hurry: this.#catchUp?.chapter.slug === slug,
			progressed: (workspace) => this.#tellOf(workspace),
		});
		this.#tellOf(workspace, id);
		workspace.ready.then(() => {
			if (!workspace.signal.aborted) this.#tellOf(workspace, id);
		});
		return workspace;
	}

	async #remove(slug: string, workspace: Workspace | undefined): Promise<void> {
		const removed = workspace?.remove();
		await this.#session.clear(slug);
		await removed;
	}

	#tellOf(workspace: Workspace, id?: string): void {
		this.#session.tell(this.#message(workspace, id));
	}

	#message(workspace: Workspace, id?: string): ServerMessage {
		const { chapter, state, doing, message, progress } = workspace;
		const about = { type: 'lab', ...(id === undefined ? {} : { id }), chapter: chapter.slug } as const;
		const catchUp = this.#catchUp?.chapter.slug === chapter.slug ? this.#catchUp : undefined;
		if (catchUp && state !== 'failed') {
			const done = progress.done + catchUp.done;
			const total = progress.total + catchUp.total;
			return { ...about, state: 'starting', message: doing ?? catchUp.message, progress: { done, total } };
		}
		return {
			...about,
			state,
			message: doing ?? message,
			...(state === 'starting' && { progress: { ...progress } }),
		};
	}
}
