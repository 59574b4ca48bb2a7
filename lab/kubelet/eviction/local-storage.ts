// Pods that write more to their node's disk than they may are evicted
// (kubernetes.io/docs/concepts/configuration/manage-resources-containers/#setting-requests-and-limits-for-local-ephemeral-storage).
import type { Clock, Timer } from '../../clock.ts';
import type { Container as RuntimeContainer } from '../../runtime/container.ts';
import type { DiskUsage, Volume as RuntimeVolume } from '../../runtime/files.ts';
import { quantityValue } from '../../schema/quantity.ts';
import type { Container, Pod, Volume } from '../../schema/types.ts';
import { monitorMs } from '../pace.ts';

const limitOf = ({ resources }: Container) => resources?.limits?.['ephemeral-storage'];

/** An emptyDir on the node's disk, and what it may hold. */
const isOnDisk = ({ emptyDir }: Volume) => emptyDir !== undefined && emptyDir.medium !== 'Memory';

/** Whether the pod has anything to be held to. */
export const isLimited = ({ spec }: Pod): boolean =>
	spec.containers.some(limitOf) ||
	(spec.volumes ?? []).some((volume) => isOnDisk(volume) && volume.emptyDir?.sizeLimit);

/** Looks at what a limited pod has written, once more has been. */
export class LocalStorage {
	readonly #clock: Clock;
	readonly #pod: Pod;
	readonly #evict: (message: string) => void;
	readonly #volumes = new Map<Volume, RuntimeVolume>();
	readonly #containers = new Map<string, { spec: Container; running: RuntimeContainer }>();
	#timer: Timer | undefined;

	/** `evict` is told why the pod must go. */
	constructor(clock: Clock, pod: Pod, evict: (message: string) => void) {
		this.#clock = clock;
		this.#pod = pod;
		this.#evict = evict;
	}

	followVolumes(mounted: ReadonlyMap<string, RuntimeVolume>): void {
		for (const volume of this.#pod.spec.volumes ?? []) {
			const found = mounted.get(volume.name);
			if (!found || !isOnDisk(volume)) continue;
			this.#volumes.set(volume, found);
			this.#follow(found.usage);
		}
	}

	/** The container takes the place of an earlier one of its name. */
	followContainer(spec: Container, running: RuntimeContainer): void {
		this.#containers.set(spec.name, { spec, running });
		this.#follow(running.usage);
	}

	stop(): void {
		this.#timer?.cancel();
		for (const { usage } of this.#volumes.values()) usage.grown = undefined;
		for (const { running } of this.#containers.values()) running.usage.grown = undefined;
	}

	#follow(usage: DiskUsage): void {
		usage.grown = () => {
			this.#timer ??= this.#clock.after(monitorMs, () => {
				this.#timer = undefined;
				const reason = this.#excess();
				if (!reason) return;
				this.stop();
				this.#evict(reason);
			});
		};
	}

	/** What is over a limit, in the kubelet's words. */
	#excess(): string | undefined {
		for (const [{ name, emptyDir }, { usage }] of this.#volumes)
			if (emptyDir?.sizeLimit && usage.used > quantityValue(emptyDir.sizeLimit))
				return `Usage of EmptyDir volume "${name}" exceeds the limit "${emptyDir.sizeLimit}". `;
		const containers = [...this.#containers.values()].map(({ spec, running }) => ({
			name: spec.name,
			limit: limitOf(spec),
			used: running.usage.used + running.log.bytes,
		}));
		const limits = this.#pod.spec.containers.flatMap((each) => limitOf(each) ?? []);
		const used =
			containers.reduce((sum, each) => sum + each.used, 0) +
			[...this.#volumes.values()].reduce((sum, { usage }) => sum + usage.used, 0);
		const allowed = limits.reduce((sum, limit) => sum + quantityValue(limit), 0);
		if (limits.length > 0 && used > allowed)
			return `Pod ephemeral local storage usage exceeds the total limit of containers ${limits.length === 1 ? limits[0] : allowed}. `;
		const over = containers.find((each) => each.limit && each.used > quantityValue(each.limit));
		return over && `Container ${over.name} exceeded its local ephemeral storage limit "${over.limit}". `;
	}
}
