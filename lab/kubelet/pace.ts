// How long a node takes for what it does, in milliseconds; the clock shortens it where it is told to. On a real node
// (containerd, the image present) a pod is shown running 0.7 to 0.8 s after it has been bound, here after 0.65 s.
import type { Clock } from '../clock.ts';

/**
 * How long work takes that a node does by itself. At the fast pace it is shortened once more: the clock keeps to
 * what timeouts of probes and programs bear on a busy host, and none of them runs meanwhile.
 */
export const workMs = (clock: Clock, ms: number): number => (clock.pace === 'fast' ? ms / 5 : ms);

/** Setting up a pod's network and pause container. */
export const sandboxMs = 250;
/** Creating and starting a container. */
export const containerStartMs = 150;
/** Until the kubelet sees that a container runs; one that ends sooner is never seen running. */
export const observeMs = 250;
/** Until the kubelet sees that a container has ended and starts it again (PLEG relists every second). */
export const relistMs = 1000;
/** Between two looks at what is left of the node, and at what its pods have written (monitoringInterval). */
export const monitorMs = 10_000;
/** A pod is looked at again within this time, whatever happens; until then an error stays as it came. */
export const resyncMs = 10_000;
/** Until the kubelet says that it waits for volumes (podAttachAndMountTimeout). */
export const attachTimeoutMs = 123_000;
/** Until a volume shows a change of its ConfigMap or Secret: the sync period of a minute. */
export const volumeRefreshMs = 60_000;

/** Asking the registry, and fetching and unpacking an image of a size. */
export function pullMs(sizeBytes: number): number {
	return Math.round(500 + sizeBytes / 60_000);
}
