// What pods have written to their claims is there as long as the claims are, all of it, and nobody else's; and no
// claim goes that nobody has said should go.
import type { PersistentVolumeClaim, Pod } from '../../lab/schema/types.ts';
import type { TestCluster } from '../../lab/test-cluster.ts';

const resource = 'persistentvolumeclaims';

export class Diaries {
	readonly #cluster: TestCluster;
	readonly #fault: (what: string) => void;
	readonly #lines = new Map<string, number>();
	/** By uid: the claims that two pods may have written to, since a user took one away by force. */
	readonly #shared = new Set<string>();
	/** How many diaries have been read. */
	read = 0;
	/** Whether users delete claims by now. */
	mayGo = false;

	constructor(cluster: TestCluster, fault: (what: string) => void) {
		this.#cluster = cluster;
		this.#fault = fault;
		cluster.client.watch<PersistentVolumeClaim>(resource, ({ type, object, previous }) => {
			const { name, uid, deletionTimestamp, ownerReferences } = (previous ?? object).metadata;
			const leaves = type === 'DELETED' || object.metadata.deletionTimestamp !== undefined;
			if (leaves && !deletionTimestamp && !ownerReferences?.length && !this.mayGo)
				fault(`${name} is deleted, though nobody owns it`);
			if (type === 'DELETED') this.#lines.delete(uid);
		});
	}

	#claimOf(pod: Pod): PersistentVolumeClaim | undefined {
		const name = pod.spec.volumes?.find((volume) => volume.persistentVolumeClaim)?.persistentVolumeClaim
			?.claimName;
		return name === undefined ? undefined : this.#cluster.client.get(resource, 'default', name);
	}

	/** From now on two pods may write to this one's claim. */
	share(pod: Pod): void {
		const claim = this.#claimOf(pod);
		if (claim) this.#shared.add(claim.metadata.uid);
	}

	/** Takes in what `cat` printed in a pod. */
	check(pod: Pod, diary: string): void {
		const claim = this.#claimOf(pod);
		if (!claim) return;
		this.read++;
		const { name } = pod.metadata;
		const { uid } = claim.metadata;
		const lines = diary.split('\n').slice(0, -1);
		const written = this.#lines.get(uid) ?? 0;
		if (lines.length < written) this.#fault(`the diary of ${name} has ${lines.length} of ${written} lines`);
		for (const [index, line] of lines.entries()) {
			const isRight = this.#shared.has(uid) ? line.startsWith(`${name} `) : line === `${name} ${index + 1}`;
			if (isRight) continue;
			this.#fault(`line ${index + 1} of the diary of ${name} is "${line}"`);
			break;
		}
		this.#lines.set(uid, lines.length);
	}
}
