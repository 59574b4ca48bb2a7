// How rumours travel: each message takes some along, and a few members are sent those that are left (SWIM's
// dissemination component).
import type { Timer } from '../../../clock.ts';
import type { Tasks } from '../agent/tasks.ts';
import { ExchangeError } from '../messages.ts';
import type { GossipAnswer, GossipRequest, Rumour } from './messages.ts';
import { isGone, type Node, type Nodes } from './nodes.ts';
import { Rumours } from './rumours.ts';
import { gossipToTheDead, probeTimeout } from './times.ts';

const gossipInterval = 200;
const gossipNodes = 3;

/** Rejects with ExchangeError where no answer comes within `timeout` milliseconds. */
export type SendRequest = (
	address: string,
	port: number,
	message: GossipRequest,
	timeout: number,
) => Promise<GossipAnswer>;

type Unladen<Message> = Message extends unknown ? Omit<Message, 'rumours'> : never;

export class Dissemination {
	readonly #nodes: Nodes;
	readonly #tasks: Tasks;
	readonly #request: SendRequest;
	readonly #heard: (rumours: readonly Rumour[]) => void;
	readonly #rumours = new Rumours();
	#gossiping: Timer | undefined;

	/** `heard` is called with the rumours that answers bring. */
	constructor(nodes: Nodes, tasks: Tasks, request: SendRequest, heard: (rumours: readonly Rumour[]) => void) {
		this.#nodes = nodes;
		this.#tasks = tasks;
		this.#request = request;
		this.#heard = heard;
	}

	/** Tells the others; `done` is called when it has been told often enough. */
	tell(rumour: Rumour, done?: () => void): void {
		this.#rumours.add(rumour, done);
		this.#gossip();
	}

	/** The rumours that the next message takes along. */
	take(): Rumour[] {
		return this.#rumours.take(this.#nodes.size);
	}

	/** The answer to a message, which takes rumours along; undefined where none comes. */
	send(
		to: Pick<Node, 'address' | 'port'>,
		message: Unladen<GossipRequest>,
		timeout: number,
	): Promise<GossipAnswer | undefined> {
		return this.#send(to, { ...message, rumours: this.take() }, timeout);
	}

	async #send(
		{ address, port }: Pick<Node, 'address' | 'port'>,
		message: GossipRequest,
		timeout: number,
	): Promise<GossipAnswer | undefined> {
		try {
			const answer = await this.#request(address, port, message, timeout);
			this.#heard(answer.rumours);
			return answer;
		} catch (error) {
			if (!(error instanceof ExchangeError)) throw error;
			return undefined;
		}
	}

	/** Sends rumours on as long as there are any. */
	#gossip(): void {
		if (this.#gossiping) return;
		const tasks = this.#tasks;
		this.#gossiping = tasks.after(gossipInterval, () => {
			this.#gossiping = undefined;
			if (this.#rumours.size === 0) return;
			const targets = this.#nodes
				.others((node) => !isGone(node) || tasks.elapsed - node.changedAt < gossipToTheDead)
				.slice(0, gossipNodes);
			if (targets.length === 0) this.take();
			for (const target of targets)
				tasks.run(async () => {
					const rumours = this.take();
					if (rumours.length > 0) await this.#send(target, { kind: 'gossip', rumours }, probeTimeout);
				});
			this.#gossip();
		});
	}
}
