// Snapshots on disk, in folders named as those of hashicorp/raft: TERM-INDEX-TIME with meta.json and state.bin.
import type { Storage } from '../agent/storage.ts';
import type { Snapshot } from './messages.ts';

const folder = 'raft/snapshots';
const kept = 2;

export interface SnapshotFile {
	id: string;
	snapshot: Snapshot;
}

export class SnapshotStore {
	readonly #storage: Storage;

	constructor(storage: Storage) {
		this.#storage = storage;
	}

	/** Newest last. */
	#ids(): string[] {
		const numbers = (id: string) => id.split('-').map(Number);
		return this.#storage
			.list(folder)
			.filter((id) => /^\d+-\d+-\d+$/.test(id))
			.sort((a, b) => {
				const [x, y] = [numbers(a), numbers(b)];
				return x[0] - y[0] || x[1] - y[1] || x[2] - y[2];
			});
	}

	latest(): SnapshotFile | undefined {
		const id = this.#ids().at(-1);
		if (id === undefined) return undefined;
		const meta = JSON.parse(this.#storage.read(`${folder}/${id}/meta.json`) ?? '{}') as {
			Index: number;
			Term: number;
			Configuration: Snapshot['configuration'];
			ConfigurationIndex: number;
		};
		return {
			id,
			snapshot: {
				index: meta.Index,
				term: meta.Term,
				configuration: meta.Configuration,
				configurationIndex: meta.ConfigurationIndex,
				state: this.#storage.read(`${folder}/${id}/state.bin`) ?? '',
			},
		};
	}

	/** Gives the new snapshot's name. */
	save(snapshot: Snapshot, now: number): string {
		const id = snapshotId(snapshot, now);
		this.#storage.write(`${folder}/${id}/state.bin`, snapshot.state);
		this.#storage.write(`${folder}/${id}/meta.json`, JSON.stringify(metaOf(snapshot, id)));
		for (const old of this.#ids().slice(0, -kept)) this.#storage.remove(`${folder}/${old}`);
		return id;
	}
}

export function snapshotId({ term, index }: Snapshot, now: number): string {
	return `${term}-${index}-${Math.floor(now)}`;
}

/** What meta.json says, on disk and in an archive. */
export function metaOf(snapshot: Snapshot, id: string): Record<string, unknown> {
	return {
		Version: 1,
		ID: id,
		Index: snapshot.index,
		Term: snapshot.term,
		Configuration: snapshot.configuration,
		ConfigurationIndex: snapshot.configurationIndex,
		Size: snapshot.state.length,
	};
}
