// The nodes of a lab as a test or an operator handles them: losing one and having it back.
import type { NodeHeartbeats } from './controllers/heartbeats.ts';
import type { ScarceResource } from './kubelet/eviction/node-pressure.ts';
import type { Kubelet } from './kubelet/kubelet.ts';
import type { Pod } from './schema/types.ts';

export interface LabNode {
	readonly name: string;
	/** Whether the API server and the node's kubelet reach each other. */
	readonly isConnected: boolean;
	/** The pods that run on it in truth, whatever the API server knows: what a look at the machine would show. */
	readonly running: readonly Pod[];
	/**
	 * Cuts the node's kubelet off from the API server. Its pods go on, and can be reached by others but not through
	 * the API server; the control plane gives the node up after 50 s, and drives its pods off after their
	 * tolerations' 300 s, but they end only once the node is back.
	 */
	disconnect(): void;
	/** Ends that: the kubelet ends what it was to end meanwhile, and says how the rest is. Throws after a crash. */
	reconnect(): void;
	/**
	 * Says what is left of the node's memory or disk, in bytes, as if other software on it took the rest. Below the
	 * kubelet's thresholds (100 MiB of memory, a tenth of the disk) it reports the pressure and evicts pods.
	 */
	setAvailable(resource: ScarceResource, bytes: number): void;
	/**
	 * Loses the node with all that runs on it, as by a loss of power: neither it nor its pods can be reached. What
	 * its pods had on its disk and on disks of the storage stays.
	 */
	crash(): void;
	/** Starts it again after a crash: the containers of its pods start anew. Throws where it has not crashed. */
	boot(): void;
}

export function createLabNode(name: string, kubelet: Kubelet, heartbeats: NodeHeartbeats): LabNode {
	let crashed = false;
	return {
		name,
		get isConnected() {
			return kubelet.connector !== undefined;
		},
		get running() {
			return kubelet.running;
		},
		setAvailable: kubelet.setAvailable,
		disconnect() {
			kubelet.disconnect();
			heartbeats.miss(name);
		},
		reconnect() {
			if (crashed) throw new Error(`${name} has crashed, so nothing on it can be reconnected: boot it first`);
			heartbeats.resume(name);
			kubelet.reconnect();
		},
		crash() {
			crashed = true;
			heartbeats.miss(name);
			kubelet.crash();
		},
		boot() {
			if (!crashed) throw new Error(`${name} has not crashed: it is up, and can only be reconnected`);
			crashed = false;
			heartbeats.resume(name);
			kubelet.boot();
		},
	};
}
