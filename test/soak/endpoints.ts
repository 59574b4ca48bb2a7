// A Service leads to its ready pods and to no others, a moment after a change.
import { isPodReady, isPodTerminating } from '../../lab/controllers/pod-state.ts';
import type { EndpointSlice, Pod, Service } from '../../lab/schema/types.ts';
import type { TestCluster } from '../../lab/test-cluster.ts';

/** How long the slices may lag behind. */
const lagMs = 1000;

export class Endpoints {
	readonly #cluster: TestCluster;
	readonly #fault: (what: string) => void;
	/** Since when something has not been as it should, by what it is. */
	#since = new Map<string, number>();
	#changed = true;

	constructor(cluster: TestCluster, fault: (what: string) => void) {
		this.#cluster = cluster;
		this.#fault = fault;
		for (const resource of ['pods', 'services', 'endpointslices.discovery.k8s.io'])
			cluster.client.watch(resource, () => {
				this.#changed = true;
			});
	}

	look(): void {
		if (!this.#changed && this.#since.size === 0) return;
		this.#changed = false;
		const now = this.#cluster.clock.now();
		const since = new Map<string, number>();
		for (const what of this.#differences()) {
			const begun = this.#since.get(what) ?? now;
			if (now - begun > lagMs) this.#fault(`for ${now - begun} ms ${what}`);
			since.set(what, begun);
		}
		this.#since = since;
	}

	#differences(): string[] {
		const { client } = this.#cluster;
		const slices = client.list<EndpointSlice>('endpointslices.discovery.k8s.io', 'default');
		const pods = client.list<Pod>('pods', 'default');
		return client
			.list<Service>('services', 'default', ({ spec }) => spec.selector !== undefined)
			.flatMap((service) => {
				const { name } = service.metadata;
				const told = new Set(
					slices
						.filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name)
						.flatMap(({ endpoints }) => endpoints ?? [])
						.filter(({ conditions }) => conditions?.ready)
						.map(({ targetRef }) => targetRef?.uid ?? 'nobody'),
				);
				const ready = new Set(
					pods
						.filter(
							(pod) =>
								pod.metadata.labels?.app === service.spec.selector!.app &&
								isPodReady(pod) &&
								!isPodTerminating(pod),
						)
						.map(({ metadata }) => metadata.uid),
				);
				return [
					...[...told]
						.filter((uid) => !ready.has(uid))
						.map((uid) => `${name} leads to ${uid}, which is not ready`),
					...[...ready].filter((uid) => !told.has(uid)).map((uid) => `${name} does not lead to ${uid}`),
				];
			});
	}
}
