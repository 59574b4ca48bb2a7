// At most one pod of a StatefulSet's identity runs at any time, on whatever node
// (kubernetes.io/docs/tasks/run-application/force-delete-stateful-set-pod).
import { controllerOf } from '../../lab/controllers/owner-references.ts';
import type { Lab } from '../../lab/index.ts';
import type { Pod } from '../../lab/schema/types.ts';

export class Identities {
	readonly #lab: Lab;
	readonly #fault: (what: string) => void;
	/** By uid: the pods that a user removed by force where the node could not be told; they may run on. */
	readonly #abandoned = new Set<string>();

	constructor(lab: Lab, fault: (what: string) => void) {
		this.#lab = lab;
		this.#fault = fault;
	}

	/** A pod is removed by force: where its node cannot be told, nothing is promised any more. */
	forced({ metadata, spec }: Pod): void {
		if (spec.nodeName && !this.#lab.nodes.get(spec.nodeName)?.isConnected) this.#abandoned.add(metadata.uid);
	}

	isAbandoned(uid: string): boolean {
		return this.#abandoned.has(uid);
	}

	/** Looks at what runs in truth. */
	look(): void {
		const found = new Map<string, { uid: string; node: string }>();
		for (const node of this.#lab.nodes.values())
			for (const pod of node.running) {
				if (controllerOf(pod)?.kind !== 'StatefulSet') continue;
				const { name, uid } = pod.metadata;
				if (this.#abandoned.has(uid)) continue;
				const other = found.get(name);
				if (other) this.#fault(`${name} runs on ${other.node} (${other.uid}) and on ${node.name} (${uid})`);
				found.set(name, { uid, node: node.name });
			}
	}
}
