// The cluster as it was at each change: what a watch tells of several kinds, in the order of revisions.
import type { Client } from '../../lab/api/client.ts';
import type { ControllerRevision, KubernetesObject, Node, Pod, StatefulSet } from '../../lab/schema/types.ts';

export interface PodChange {
	type: 'ADDED' | 'MODIFIED' | 'DELETED';
	pod: Pod;
	previous?: Pod;
}

export class Replay {
	readonly pods: ReadonlyMap<string, Pod>;
	readonly sets: ReadonlyMap<string, StatefulSet>;
	readonly nodes: ReadonlyMap<string, Node>;
	readonly revisions: ReadonlyMap<string, ControllerRevision>;

	/** Calls `podChanged` with each change of a pod, when all that was before it is known and nothing after it. */
	constructor(client: Client, podChanged: (change: PodChange) => void) {
		const follow = <T extends KubernetesObject>(
			resource: string,
			then?: (type: PodChange['type'], object: T, previous?: T) => void,
		) => {
			const objects = new Map<string, T>();
			client.watch<T>(resource, ({ type, object, previous }) => {
				then?.(type, object, previous);
				if (type === 'DELETED') objects.delete(object.metadata.name);
				else objects.set(object.metadata.name, object);
			});
			return objects;
		};
		this.sets = follow<StatefulSet>('statefulsets.apps');
		this.nodes = follow<Node>('nodes');
		this.revisions = follow<ControllerRevision>('controllerrevisions.apps');
		this.pods = follow<Pod>('pods', (type, pod, previous) => podChanged({ type, pod, previous }));
	}
}
