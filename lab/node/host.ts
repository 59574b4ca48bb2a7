// Labs in a worker thread, as the server sees them. The other half is worker.ts.

import type { Duplex } from 'node:stream';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { Pace } from '../clock.ts';
import { openStream } from './byte-channel.ts';
import { cacheFolder } from './cache-folder.ts';
import type { HostMessage, WorkerMessage } from './worker.ts';

export interface HostedLab {
	/** `https://127.0.0.1:6443`. */
	readonly server: string;
	/** A kubeconfig (YAML) of the lab's administrator. */
	readonly kubeconfig: string;
	/** Changes how long phases last, of those that have begun as well. */
	setPace(pace: Pace): Promise<void>;
	/**
	 * A connection into the lab as a browser outside the cluster makes it, and what that calls the host; which
	 * hosts there are says lab/network/visitor.ts. Rejects with why there is none, in words for people.
	 */
	visit(host: string, port?: number): Promise<{ authority: string; stream: Duplex }>;
	/** Ends the lab; where the worker has crashed it has ended already. */
	remove(): Promise<void>;
}

export interface LabHost {
	/** A new lab, serving when the promise resolves. Rejects with why it could not be made. */
	create(options: { nodes: number; pace: Pace }): Promise<HostedLab>;
	/** Ends every lab and the worker. */
	close(): Promise<void>;
}

export interface LabHostOptions {
	/** How much memory all labs together may take; what needs more crashes the worker, not this process. */
	memoryMegabytes?: number;
	/** Told of an error inside a lab, which goes on. */
	onError?: (error: Error) => void;
	/** Told that the worker has crashed and every lab with it; the next `create` starts a new one. */
	onCrash?: (error: Error) => void;
}

type Answer = Exclude<WorkerMessage, { type: 'error' }>;

interface Waiting {
	resolve(answer: Answer): void;
	reject(error: Error): void;
}

/** A worker and the requests that it has not answered. */
class Hosting {
	readonly #worker: Worker;
	readonly #waiting = new Map<number, Waiting>();
	#ended = false;

	constructor(
		{ memoryMegabytes, onError }: Required<Omit<LabHostOptions, 'onCrash'>>,
		onEnd: (error: Error) => void,
	) {
		this.#worker = new Worker(new URL('./worker.ts', import.meta.url), {
			name: 'labs',
			// Code once read from TypeScript is kept, which spares the next worker a third of its time and memory.
			env: { NODE_COMPILE_CACHE: cacheFolder('code'), ...process.env },
			resourceLimits: { maxOldGenerationSizeMb: memoryMegabytes },
		});
		this.#worker.unref();
		let cause: Error | undefined;
		this.#worker.on('message', (message: WorkerMessage) => {
			if (message.type === 'error') return onError(new Error(message.message));
			const waiting = this.#waiting.get(message.id);
			this.#waiting.delete(message.id);
			if (message.type === 'failed') waiting?.reject(new Error(message.message));
			else waiting?.resolve(message);
		});
		this.#worker.on('error', (error) => {
			cause = error instanceof Error ? error : new Error(String(error));
		});
		this.#worker.on('exit', (code) => {
			this.#ended = true;
			const error = new Error(
				`the worker that hosts the labs has ended: ${cause?.message ?? `exit code ${code}`}`,
				{
					cause,
				},
			);
			for (const { reject } of this.#waiting.values()) reject(error);
			this.#waiting.clear();
			onEnd(error);
		});
	}

	get ended() {
		return this.#ended;
	}

	send(message: HostMessage, transferred: readonly MessagePort[]) {
		this.#worker.postMessage(message, transferred);
	}

	ask(message: Exclude<HostMessage, { type: 'visit' }>): Promise<Answer> {
		return new Promise((resolve, reject) => {
			this.#waiting.set(message.id, { resolve, reject });
			this.#worker.ref(); // a process that waits for an answer does not end
			this.#worker.postMessage(message);
		}).finally(() => {
			if (this.#waiting.size === 0) this.#worker.unref();
		}) as Promise<Answer>;
	}

	terminate() {
		return this.#worker.terminate();
	}
}

/**
 * A host for any number of labs, all in one worker thread. A crash of the worker is told to `onCrash` and ends
 * the labs, never this process. The worker does not keep the process alive.
 */
export function createLabHost({
	memoryMegabytes = 2048,
	onError = console.error,
	onCrash = console.error,
}: LabHostOptions = {}): LabHost {
	let closed = false;
	let lastId = 0;
	const start = () =>
		new Hosting({ memoryMegabytes, onError }, (error) => {
			if (!closed) onCrash(error);
		});
	let hosting = start();
	return {
		async create({ nodes, pace }) {
			if (closed) throw new Error('the lab host is closed');
			if (hosting.ended) hosting = start();
			const at = hosting;
			const id = ++lastId;
			const answer = await at.ask({ type: 'create', id, nodes, pace });
			if (answer.type !== 'created') throw new Error(`the worker answered ${answer.type} to create`);
			return {
				server: answer.server,
				kubeconfig: answer.kubeconfig,
				async setPace(next) {
					if (!at.ended) await at.ask({ type: 'pace', id: ++lastId, lab: id, pace: next });
				},
				visit(host, port) {
					if (at.ended) return Promise.reject(new Error('The lab has ended.'));
					const { port1, port2 } = new MessageChannel();
					at.send({ type: 'visit', lab: id, host, port, channel: port2 }, [port2]);
					return openStream(port1);
				},
				async remove() {
					if (!at.ended) await at.ask({ type: 'remove', id });
				},
			};
		},
		async close() {
			closed = true;
			await hosting.terminate();
		},
	};
}
