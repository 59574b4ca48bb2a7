// All that is observed of a cluster's life, and the digest of its history.
import { createHash } from 'node:crypto';
import { ResourceRegistry } from '../../lab/api/registry.ts';
import { registry as builtIn } from '../../lab/api/resources/index.ts';
import type { VirtualClock } from '../../lab/clock.ts';
import { controllerOf } from '../../lab/controllers/owner-references.ts';
import type { Pod } from '../../lab/schema/types.ts';
import type { TestCluster } from '../../lab/test-cluster.ts';
import { Invariants } from '../fuzz/invariants.ts';
import { execute } from '../workloads/execute.ts';
import { Diaries } from './diaries.ts';
import { Endpoints } from './endpoints.ts';
import { Identities } from './identities.ts';
import { Order } from './order.ts';

export class Observers {
	/** How many changes of objects there were. */
	changes = 0;
	readonly diaries: Diaries;
	readonly #cluster: TestCluster;
	readonly #identities: Identities;
	readonly #order: Order;
	readonly #endpoints: Endpoints;
	readonly #invariants: Invariants;
	readonly #faults: string[] = [];
	readonly #hash = createHash('sha256');

	constructor(cluster: TestCluster) {
		this.#cluster = cluster;
		const { client, clock, lab } = cluster;
		const fault = (what: string) => this.#faults.push(what);
		const registry = new ResourceRegistry(builtIn.all);
		this.#invariants = new Invariants(client, registry, (resource, type, { metadata }) => {
			const { namespace = '', name, resourceVersion } = metadata;
			this.#hash.update(`${clock.now()} ${type} ${resource} ${namespace}/${name} ${resourceVersion}\n`);
			this.changes++;
		});
		this.#identities = new Identities(lab, fault);
		this.#order = new Order(client, clock, fault);
		this.#endpoints = new Endpoints(cluster, fault);
		this.diaries = new Diaries(cluster, fault);
	}

	/** The cluster whose time does not pass unobserved. */
	get observed(): TestCluster {
		const cluster = this.#cluster;
		const { clock } = cluster;
		const observed: VirtualClock = {
			...clock,
			get waiting() {
				return clock.waiting;
			},
			advanceUntil: (condition, limit) =>
				clock.advanceUntil(() => {
					this.look();
					return condition();
				}, limit),
			async advance(ms) {
				let over = false;
				clock.after(ms, () => {
					over = true;
				});
				await observed.advanceUntil(() => over, ms);
			},
		};
		return { ...cluster, clock: observed, until: observed.advanceUntil };
	}

	/** A user removes a pod, by force or with time to end. */
	removing(pod: Pod, byForce: boolean): void {
		this.#order.removed(pod);
		if (!byForce) return;
		this.#identities.forced(pod);
		if (this.#identities.isAbandoned(pod.metadata.uid)) this.diaries.share(pod);
	}

	/** What costs little, after each timer. Throws where something is wrong. */
	look(): void {
		this.#identities.look();
		this.#endpoints.look();
		if (this.#faults.length > 0) throw new Error(this.#faults.join('\n'));
	}

	/** All that can be checked now. Throws likewise. */
	async check(): Promise<void> {
		const { observed } = this;
		const pods = observed.client.list<Pod>(
			'pods',
			'default',
			(pod) => controllerOf(pod)?.kind === 'StatefulSet',
		);
		for (const { metadata } of pods) {
			const pod = observed.pod(metadata.name);
			if (pod && this.#isOpen(pod)) await this.#readDiary(observed, pod);
		}
		this.#invariants.check();
		this.look();
	}

	#isOpen({ metadata, spec }: Pod): boolean {
		const { lab, isReady } = this.#cluster;
		const isWithinReach = lab.nodes.get(spec.nodeName ?? '')?.isConnected === true;
		return isWithinReach && isReady(metadata.name) && !metadata.deletionTimestamp;
	}

	async #readDiary(observed: TestCluster, pod: Pod): Promise<void> {
		const { name, uid } = pod.metadata;
		// Its container may be between two starts, and the pod may have been replaced meanwhile.
		const answer = await execute(observed, name, ['cat', '/data/diary']).catch(() => undefined);
		if (answer?.code !== 0 || this.#cluster.pod(name)?.metadata.uid !== uid) return;
		this.diaries.check(pod, answer.stdout);
	}

	/** Of every change of every object, with its time. */
	digest(): string {
		return this.#hash.copy().digest('hex');
	}
}
