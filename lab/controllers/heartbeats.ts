// Which nodes are heard of. A kubelet of the lab sends no heartbeats, since an idle lab writes nothing; instead it is
// told when one falls silent, and what would follow from missing heartbeats follows from that.
import type { Clock } from '../clock.ts';

export interface Heartbeats {
	/** Since when nothing has been heard of the node, in milliseconds since 1970; undefined while it is heard of. */
	silentSince(node: string): number | undefined;
	/** Calls the handler when a node falls silent; what it gives ends that. */
	watch(handler: (node: string) => void): () => void;
}

export interface NodeHeartbeats extends Heartbeats {
	miss(node: string): void;
	resume(node: string): void;
}

export function createHeartbeats(clock: Clock): NodeHeartbeats {
	const silent = new Map<string, number>();
	const handlers = new Set<(node: string) => void>();
	return {
		silentSince: (node) => silent.get(node),
		watch(handler) {
			handlers.add(handler);
			return () => handlers.delete(handler);
		},
		miss(node) {
			if (silent.has(node)) return;
			silent.set(node, clock.now());
			for (const handler of handlers) handler(node);
		},
		resume(node) {
			silent.delete(node);
		},
	};
}
