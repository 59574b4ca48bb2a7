// Membership as Serf has it on top of memberlist: members that leave, fail, are told to have left, and are
// forgotten in the end (github.com/hashicorp/serf, with Consul's values for a LAN).
import { pick } from '../../../random.ts';
import type { Logger } from '../agent/log.ts';
import type { Tasks } from '../agent/tasks.ts';
import { ExchangeError } from '../messages.ts';
import { Memberlist, type MemberlistOptions } from './memberlist.ts';
import type { LeaveIntent, Tags } from './messages.ts';
import type { Node } from './nodes.ts';

const reapInterval = 15_000;
const reconnectInterval = 30_000;
/** How long a failed member is tried again. */
const reconnectTimeout = 72 * 3_600_000;
/** How long a member that has left is listed. */
const tombstoneTimeout = 24 * 3_600_000;
const broadcastTimeout = 5000;
const leavePropagateDelay = 3000;

export type MemberStatus = 'alive' | 'leaving' | 'left' | 'failed';

export interface Member {
	name: string;
	address: string;
	port: number;
	tags: Tags;
	status: MemberStatus;
	/** When it left or failed; 0 while it is there. */
	goneAt: number;
	/** The Lamport time of the last word about it. */
	statusTime: number;
}

export type MemberEvent = 'join' | 'leave' | 'failed' | 'update' | 'reap';

export interface SerfOptions
	extends Pick<MemberlistOptions, 'name' | 'address' | 'port' | 'tags' | 'request'> {
	tasks: Tasks;
	/** For Serf's own lines, and for memberlist's. */
	log: Logger;
	memberlistLog: Logger;
	changed(event: MemberEvent, member: Member): void;
}

const eventNames = {
	join: 'EventMemberJoin',
	leave: 'EventMemberLeave',
	failed: 'EventMemberFailed',
	update: 'EventMemberUpdate',
	reap: 'EventMemberReap',
};

export class Serf {
	readonly #options: SerfOptions;
	readonly #memberlist: Memberlist;
	readonly #members = new Map<string, Member>();
	#lamportTime = 1;
	#leaving = false;

	constructor(options: SerfOptions) {
		this.#options = options;
		this.#memberlist = new Memberlist({
			...options,
			log: options.memberlistLog,
			joined: (node) => this.#joined(node),
			gone: (node) => this.#gone(node),
			updated: (node) => this.#updated(node),
			intended: (intent) => this.#intended(intent),
			intents: () => this.#intents(),
		});
	}

	start(): void {
		this.#memberlist.start();
		this.#options.tasks.every(reapInterval, () => this.#reap());
		this.#options.tasks.every(reconnectInterval, () => this.#reconnect());
	}

	get members(): Member[] {
		return [...this.#members.values()];
	}

	readonly handle: Memberlist['handle'] = (request) => this.#memberlist.handle(request);

	/** Joins the cluster of whoever answers at an address. Throws ExchangeError. */
	join(address: string, port: number): Promise<void> {
		return this.#memberlist.exchange(address, port, true);
	}

	/** Leaves in order, so that nobody takes this member for failed. */
	async leave(): Promise<void> {
		const { name, tasks } = this.#options;
		this.#leaving = true;
		const intent: LeaveIntent = { type: 'leave-intent', name, time: ++this.#lamportTime };
		this.#intended(intent);
		const others = this.members.some((member) => member.name !== name && member.status === 'alive');
		if (others)
			await new Promise<void>((resolve) => {
				tasks.after(broadcastTimeout, resolve);
				this.#memberlist.tell(intent, resolve);
			});
		await this.#memberlist.leave(broadcastTimeout);
		await tasks.sleep(leavePropagateDelay);
	}

	/** Has a failed member count as one that has left; says whether there is such a member. */
	forceLeave(name: string): boolean {
		if (!this.#members.has(name)) return false;
		const intent: LeaveIntent = { type: 'leave-intent', name, time: ++this.#lamportTime };
		this.#intended(intent);
		this.#memberlist.tell(intent);
		return true;
	}

	/** Forgets a member that has left or failed, as `force-leave -prune` does. */
	prune(name: string): void {
		const member = this.#members.get(name);
		if (!member?.goneAt) return;
		this.#members.delete(name);
		this.#say('reap', member);
	}

	#say(event: MemberEvent, member: Member): void {
		const { name, address } = member;
		const line = `serf: ${eventNames[event]}: ${name} ${address}`;
		if (event === 'failed') this.#options.log.warn(line);
		else this.#options.log.info(line);
		this.#options.changed(event, member);
	}

	#joined(node: Node): void {
		const known = this.#members.get(node.name);
		const { name, address, port, tags } = node;
		const member = known ?? { name, address, port, tags, status: 'alive' as const, goneAt: 0, statusTime: 0 };
		Object.assign(member, { address, port, tags, status: 'alive', goneAt: 0 });
		member.statusTime = Math.max(member.statusTime, this.#lamportTime);
		this.#members.set(name, member);
		this.#say('join', member);
	}

	#gone(node: Node): void {
		const member = this.#members.get(node.name);
		if (member?.goneAt !== 0) return;
		const left = member.status === 'leaving' || node.state === 'left';
		member.status = left ? 'left' : 'failed';
		member.goneAt = this.#options.tasks.elapsed;
		this.#say(left ? 'leave' : 'failed', member);
	}

	#updated(node: Node): void {
		const member = this.#members.get(node.name);
		if (!member) return;
		Object.assign(member, { address: node.address, port: node.port, tags: node.tags });
		this.#say('update', member);
	}

	#intended({ name, time }: LeaveIntent): boolean {
		this.#lamportTime = Math.max(this.#lamportTime, time);
		const member = this.#members.get(name);
		if (!member || time <= member.statusTime) return false;
		member.statusTime = time;
		// An old word about this member, from before it came back.
		if (name === this.#options.name && !this.#leaving) return false;
		if (member.status === 'alive') member.status = 'leaving';
		else if (member.status === 'failed') {
			member.status = 'left';
			const { log } = this.#options;
			log.info(`serf: EventMemberLeave (forced): ${name} ${member.address}`);
			this.#options.changed('leave', member);
		} else return false;
		return true;
	}

	#intents(): LeaveIntent[] {
		return this.members
			.filter(({ status }) => status === 'leaving' || status === 'left')
			.map(({ name, statusTime }) => ({ type: 'leave-intent', name, time: statusTime }));
	}

	#reap(): void {
		const { elapsed } = this.#options.tasks;
		for (const member of this.members) {
			const limit = member.status === 'failed' ? reconnectTimeout : tombstoneTimeout;
			if (member.goneAt !== 0 && elapsed - member.goneAt > limit) this.prune(member.name);
		}
	}

	async #reconnect(): Promise<void> {
		const { tasks, log } = this.#options;
		const failed = this.members.filter(({ status }) => status === 'failed');
		const member = pick(tasks.random, failed);
		if (!member) return;
		log.info(`serf: attempting reconnect to ${member.name} ${member.address}:${member.port}`);
		try {
			await this.#memberlist.exchange(member.address, member.port, false);
		} catch (error) {
			if (!(error instanceof ExchangeError)) throw error;
		}
	}
}
