// The volumes of one pod: mounted before its containers start, and kept up to date while it is there.
import type { Timer } from '../../clock.ts';
import { claimsOfPod } from '../../controllers/persistent-volume/storage.ts';
import type { Volume as RuntimeVolume } from '../../runtime/files.ts';
import type { Pod, Volume } from '../../schema/types.ts';
import type { KubeletContext } from '../kubelet-context.ts';
import { volumeRefreshMs } from '../pace.ts';
import { expandOnNode } from './expand.ts';
import { MountError } from './mount-error.ts';
import { tokenRenewedAfter, tokenSeconds } from './token-lifetime.ts';
import { mountVolume, refreshVolume } from './volumes.ts';

/** A volume that cannot be mounted is tried again after half a second, then twice as long, up to 2 min 2 s. */
const firstRetryMs = 500;
const longestRetryMs = 122_000;

export class PodVolumes {
	readonly #context: KubeletContext;
	readonly #pod: () => Pod;
	readonly #mounted = new Map<string, RuntimeVolume>();
	readonly #timers = new Set<Timer>();
	/** All are mounted: what changes is to be shown. */
	#kept = false;

	/** `pod` gives the pod as it is now; what `earlier` has on the node's disk stays. */
	constructor(context: KubeletContext, pod: () => Pod, earlier?: PodVolumes) {
		this.#context = context;
		this.#pod = pod;
		const known: Iterable<[string, RuntimeVolume]> = earlier ? earlier.#mounted : [];
		for (const [name, volume] of known) if (volume.type === 'emptyDir') this.#mounted.set(name, volume);
	}

	/** Mounts them all, trying again where it must; rejects with the signal's reason. */
	async mount(signal: AbortSignal): Promise<ReadonlyMap<string, RuntimeVolume>> {
		const { clock, events } = this.#context;
		for (const volume of this.#pod().spec.volumes ?? []) {
			for (let retryMs = firstRetryMs; !this.#mounted.has(volume.name); ) {
				try {
					this.#mounted.set(volume.name, await mountVolume(this.#context, this.#pod(), volume, signal));
				} catch (error) {
					signal.throwIfAborted();
					if (!(error instanceof MountError)) throw error;
					events.event(this.#pod(), 'Warning', 'FailedMount', error.message);
					await clock.sleep(retryMs, signal);
					retryMs = Math.min(retryMs * 2, longestRetryMs);
				}
			}
		}
		return this.#mounted;
	}

	/** Begins to keep what is mounted up to date. */
	keep(): void {
		this.#kept = true;
		for (const claim of claimsOfPod(this.#pod())) this.expandClaim(claim);
		for (const volume of this.#pod().spec.volumes ?? []) this.#renewTokens(volume);
	}

	/** Ends what `keep` began. */
	release(): void {
		this.#kept = false;
		for (const timer of this.#timers) timer.cancel();
		this.#timers.clear();
	}

	/** Has volumes of a source shown anew, at the kubelet's next look at the pod. */
	refresh(source: 'configMap' | 'secret' | 'downwardAPI', name?: string): void {
		if (!this.#kept) return;
		for (const volume of this.#pod().spec.volumes ?? [])
			if (showsSource(volume, source, name))
				this.#refreshAfter(volume, volumeRefreshMs * this.#context.random());
	}

	/** Has a claim that the pod has mounted grow with its disk. */
	expandClaim(claim: string): void {
		if (this.#kept && claimsOfPod(this.#pod()).includes(claim))
			expandOnNode(this.#context, this.#pod(), claim);
	}

	/** Has the tokens that a volume shows renewed before they expire, as long as the pod is there. */
	#renewTokens(volume: Volume): void {
		const seconds = tokenSeconds(volume);
		if (seconds !== undefined)
			this.#refreshAfter(volume, seconds * 1000 * tokenRenewedAfter, () => this.#renewTokens(volume));
	}

	#refreshAfter(volume: Volume, ms: number, then = () => {}): void {
		const mounted = this.#mounted.get(volume.name);
		if (!mounted) return;
		const timer = this.#context.clock.after(ms, () => {
			this.#timers.delete(timer);
			refreshVolume(this.#context, this.#pod(), volume, mounted);
			then();
		});
		this.#timers.add(timer);
	}
}

function showsSource(volume: Volume, source: string, name: string | undefined): boolean {
	const { configMap, secret, downwardAPI, projected } = volume;
	return [{ configMap, secret, downwardAPI }, ...(projected?.sources ?? [])].some((each) => {
		if (source === 'downwardAPI') return each.downwardAPI !== undefined;
		if (source === 'configMap') return each.configMap !== undefined && each.configMap.name === name;
		const shown = each.secret as { name?: string; secretName?: string } | undefined;
		return shown !== undefined && (shown.secretName ?? shown.name) === name;
	});
}
