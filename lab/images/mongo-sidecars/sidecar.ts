// What the sidecars do: every few seconds each asks the API server for the pods, and its own mongod how the set is.
// Where there is no set, the pod with the lowest address makes one; where there is, the primary's sidecar adds and
// removes members.
import { type Process, type Program, SystemError } from '../../runtime/process.ts';
import { type ClusterClient, clusterClient } from '../../runtime/programs/cluster-client.ts';
import type { Pod } from '../../schema/types.ts';
import { type Document, numberOf } from '../mongo/documents/values.ts';
import {
	MongoClient,
	MongoNetworkError,
	MongoServerError,
	MongoServerSelectionError,
} from '../mongo/driver/client.ts';
import { inspect } from './inspect.ts';

export interface SidecarKind {
	/** The environment variables that say what it looks after. */
	variables: Record<'labels' | 'namespace' | 'service' | 'sleepSeconds' | 'unhealthySeconds', string>;
	/** How long a member is unhealthy before it is removed, where nothing else is set. */
	unhealthySeconds: number;
	/** The headless service that names members, where none is given; by their addresses where undefined. */
	defaultService: string | undefined;
	/** Whether the driver is from before MongoDB 5.1. */
	legacyDriver: boolean;
	/** Whether a change that is not forced has one member at most. */
	oneAtATime: boolean;
	/** What a failed round is logged by. */
	failure: string;
	/** What is logged of an answer that is a failure of the API server. */
	apiError(status: Document): Document;
}

/** A request that the API server refused. */
class ApiError extends Error {
	readonly shown: Document;
	constructor(shown: Document) {
		super('the API server refused');
		this.shown = shown;
	}
}

/** How often, and how long apart, the first change of a new set is tried. */
const mostTries = 20;
const retryMs = 500;
const residentBytes = 40 * 2 ** 20;
const encoder = new TextEncoder();

class Sidecar {
	readonly #process: Process;
	readonly #kind: SidecarKind;
	readonly #api: ClusterClient;
	readonly #port: number;
	/** Of each member the last heartbeat that is known of, and when this sidecar first saw it. */
	readonly #lastHeartbeats = new Map<string, { heard: number; seen: number }>();

	constructor(process: Process, kind: SidecarKind, api: ClusterClient) {
		this.#process = process;
		this.#kind = kind;
		this.#api = api;
		this.#port = Number(process.env.get('MONGO_PORT')) || 27017;
	}

	async run(): Promise<never> {
		const seconds = Number(this.#setting('sleepSeconds')) || 5;
		await this.#say(`Using mongo port: ${this.#port}`);
		await this.#say('Starting up mongo-k8s-sidecar');
		await this.#say(`The cluster domain '${this.#domain}' was successfully verified.`);
		for (;;) {
			try {
				await this.#round();
			} catch (error) {
				if (!(error instanceof Error)) throw error;
				await this.#process.write(2, `${this.#kind.failure} ${this.#describe(error)}\n`);
			}
			await this.#process.sleep(seconds * 1000);
		}
	}

	#setting(name: keyof SidecarKind['variables']): string | undefined {
		return this.#process.env.get(this.#kind.variables[name]);
	}

	get #domain(): string {
		return this.#process.env.get('KUBERNETES_CLUSTER_DOMAIN') ?? 'cluster.local';
	}

	#say(text: string): Promise<void> {
		return this.#process.write(1, `${text}\n`);
	}

	#describe(error: Error): string {
		if (error instanceof ApiError) return inspect(error.shown);
		if (error instanceof MongoServerError) return `MongoError: ${error.message}`;
		if (error instanceof MongoNetworkError || error instanceof MongoServerSelectionError)
			return `MongoError: failed to connect to server [127.0.0.1:${this.#port}] on first connect [MongoNetworkError: ${error.message}]`;
		if (error instanceof SystemError) return `Error: ${error.code}: ${error.message}`;
		return `Error: ${error.message}`;
	}

	/** The running pods that it looks after, the lowest address first. */
	async #pods(): Promise<Pod[]> {
		const namespace = this.#setting('namespace');
		const scope = namespace ? `/namespaces/${encodeURIComponent(namespace)}` : '';
		const labels = this.#setting('labels') ?? '';
		const target = `/api/v1${scope}/pods?labelSelector=${encodeURIComponent(labels)}`;
		const { status, text } = await this.#api.ask({ method: 'GET', target });
		this.#process.allocate(-encoder.encode(text).length);
		const answer = JSON.parse(text) as Document;
		if (status !== 200) throw new ApiError(this.#kind.apiError(answer));
		return (answer.items as unknown as Pod[])
			.filter(({ status: { phase, podIP } = {} }) => phase === 'Running' && podIP)
			.sort((a, b) => addressNumber(a) - addressNumber(b));
	}

	#client(host: string): MongoClient {
		return new MongoClient(this.#process, {
			hosts: [`${host}:${this.#port}`],
			database: 'local',
			direct: true,
			readPreference: 'primary',
			selectionTimeoutMs: 5000,
			legacy: this.#kind.legacyDriver,
		});
	}

	async #round(): Promise<void> {
		const pods = await this.#pods();
		const client = this.#client('127.0.0.1');
		try {
			await client.connect();
			if (pods.length === 0)
				throw new Error('No pods are currently running, probably just give them some time.');
			let status: Document;
			try {
				status = await client.command('admin', { replSetGetStatus: 1 });
			} catch (error) {
				if (error instanceof MongoServerError && error.reply.code === 94)
					return await this.#begin(client, pods);
				if (error instanceof MongoServerError && error.reply.code === 93)
					return await this.#change(client, pods, [], true);
				throw error;
			}
			await this.#lookAfter(client, pods, status.members as Document[]);
		} finally {
			client.close();
		}
	}

	/** No set yet: this pod makes one where nobody has, and its address comes first. */
	async #begin(client: MongoClient, pods: readonly Pod[]): Promise<void> {
		for (const { status } of pods) {
			const other = this.#client(status?.podIP ?? '');
			try {
				await other.connect();
				await other.command('admin', { replSetGetConfig: 1 });
				return;
			} catch (error) {
				// Whoever cannot be asked is no reason to begin: it could be in a set.
				if (!(error instanceof MongoServerError)) throw error;
			} finally {
				other.close();
			}
		}
		if (!this.#isFirst(pods)) return;
		await this.#say('Pod has been elected for replica set initialization');
		const host = this.#nameOf(pods[0]);
		await this.#say(`initReplSet ${host}`);
		await client.command('admin', { replSetInitiate: {} });
		const { config } = await client.command('admin', { replSetGetConfig: 1 });
		await this.#say(`initial rsConfig is ${inspect(config)}`);
		const [member] = (config as Document).members as Document[];
		// The member is called by a name that only its own pod knows. It can be changed once it is primary.
		for (let tries = 1; ; tries++) {
			try {
				return await this.#reconfigure(
					client,
					{ ...(config as Document), members: [{ ...member, host }] },
					false,
				);
			} catch (error) {
				if (!(error instanceof MongoServerError) || tries === mostTries) throw error;
				await this.#process.sleep(retryMs);
			}
		}
	}

	async #lookAfter(client: MongoClient, pods: readonly Pod[], members: readonly Document[]): Promise<void> {
		const primary = members.find(({ state }) => numberOf(state) === 1);
		if (primary) return primary.self === true ? this.#change(client, pods, members, false) : undefined;
		if (!this.#isFirst(pods)) return;
		await this.#say('Pod has been elected as a secondary to do primary work');
		await this.#change(client, pods, members, true);
	}

	/** Adds the pods that are no members yet, and removes members that have been gone for too long. */
	async #change(
		client: MongoClient,
		pods: readonly Pod[],
		members: readonly Document[],
		force: boolean,
	): Promise<void> {
		const add = pods
			.filter(
				(pod) => !members.some(({ name }) => name === this.#nameOf(pod) || name === this.#addressOf(pod)),
			)
			.map((pod) => this.#nameOf(pod));
		const remove = members.filter((member) => this.#isGone(member)).map(({ name }) => String(name));
		if (add.length === 0 && remove.length === 0) return;
		await this.#say(`Addresses to add:     ${inspect(add)}`);
		await this.#say(`Addresses to remove:  ${inspect(remove)}`);
		const { config } = await client.command('admin', { replSetGetConfig: 1 });
		let open = this.#kind.oneAtATime && !force ? 1 : Number.POSITIVE_INFINITY;
		let list = (config as Document).members as Document[];
		for (const host of remove) if (open-- > 0) list = list.filter((member) => member.host !== host);
		let id = Math.max(...list.map(({ _id }) => numberOf(_id) ?? 0));
		for (const host of add)
			if (!list.some((member) => member.host === host) && open-- > 0) list = [...list, { _id: ++id, host }];
		await this.#reconfigure(client, { ...(config as Document), members: list }, force);
	}

	/** Measured from when its last heartbeat was first seen, so that it takes as long as other waits at any pace. */
	#isGone({ name, health, lastHeartbeatRecv }: Document): boolean {
		const { $date: heard = 0 } = (lastHeartbeatRecv ?? {}) as { $date?: number };
		const now = this.#process.clock.elapsed();
		const last = this.#lastHeartbeats.get(String(name));
		const seen = last?.heard === heard ? last.seen : now;
		this.#lastHeartbeats.set(String(name), { heard, seen });
		const limit = (Number(this.#setting('unhealthySeconds')) || this.#kind.unhealthySeconds) * 1000;
		return numberOf(health) === 0 && now - seen > limit;
	}

	async #reconfigure(client: MongoClient, config: Document, force: boolean): Promise<void> {
		await this.#say(`replSetReconfig ${inspect(config)}`);
		const version = (numberOf(config.version) ?? 0) + 1;
		await client.command('admin', { replSetReconfig: { ...config, version }, force });
	}

	/** Whether this pod's address is the lowest. */
	#isFirst([first]: readonly Pod[]): boolean {
		return first?.status?.podIP === this.#process.network.ip;
	}

	#addressOf({ status }: Pod): string {
		return `${status?.podIP}:${this.#port}`;
	}

	/** A member's stable name where there is a service for it, else its address. */
	#nameOf(pod: Pod): string {
		const service = this.#setting('service') ?? this.#kind.defaultService;
		if (!service) return this.#addressOf(pod);
		const { name, namespace } = pod.metadata;
		return `${name}.${service}.${namespace}.svc.${this.#domain}:${this.#port}`;
	}
}

function addressNumber({ status }: Pod): number {
	return (status?.podIP ?? '').split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** The program of one of the sidecars. */
export function sidecarProgram(kind: SidecarKind): Program {
	return async (process) => {
		process.allocate(residentBytes);
		const api = clusterClient(process, 'mongo-k8s-sidecar');
		if (!api) {
			await process.write(2, 'Error trying to initialize mongo-k8s-sidecar: there is no service account\n');
			return 1;
		}
		return new Sidecar(process, kind, api).run();
	};
}
