// The log as one server has it: what is stored of it, which servers it says there are, how much of it is committed
// and applied, and the snapshot that stands for its beginning.
import { noServers } from './configuration.ts';
import type { AppendRequest, Configuration, Entry, EntryData, Snapshot } from './messages.ts';
import type { RaftOptions } from './options.ts';

/** The log is cut when it has grown by so many entries; far fewer than Consul's 16384, to stay small. */
const snapshotThreshold = 1024;
const trailingEntries = 256;

export class ReplicatedLog {
	readonly #options: RaftOptions;
	readonly #applied: (entry: Entry, result: unknown) => void;
	#configuration: Configuration = noServers;
	#configurationIndex = 0;
	#commitIndex = 0;
	#lastApplied = 0;

	/** `applied` is called with each entry that is applied, and with what that gave. */
	constructor(options: RaftOptions, applied: (entry: Entry, result: unknown) => void) {
		this.#options = options;
		this.#applied = applied;
	}

	/** The newest set of servers in the log, committed or not. */
	get configuration(): Configuration {
		return this.#configuration;
	}

	get configurationIndex(): number {
		return this.#configurationIndex;
	}

	get commitIndex(): number {
		return this.#commitIndex;
	}

	get lastApplied(): number {
		return this.#lastApplied;
	}

	/** Takes up what is stored. */
	load(): void {
		const { snapshots, log } = this.#options;
		const latest = snapshots.latest();
		if (latest) {
			const { id, snapshot } = latest;
			log.info('starting restore from snapshot', { id });
			this.#restore(snapshot);
			log.info('snapshot restore progress', { id, 'percent-complete': '100.00%' });
			log.info('restored from snapshot', { id });
		}
		this.#readConfigurations();
	}

	/** Adds to the leader's own log, or what a new cluster begins with. */
	add(data: EntryData): Entry {
		const { store } = this.#options;
		const entry: Entry = { index: store.lastIndex + 1, term: store.term, data };
		store.append([entry]);
		this.#readConfiguration(entry);
		return entry;
	}

	/** Takes a leader's entries in place of what it has not. False where the entry before them is not known here. */
	accept({ previousIndex, previousTerm, entries }: AppendRequest): boolean {
		const { store, log } = this.#options;
		if (previousIndex > store.base.index && store.termAt(previousIndex) !== previousTerm) {
			log.warn('failed to get previous log', {
				'previous-index': previousIndex,
				'last-index': store.lastIndex,
				error: 'log not found',
			});
			return false;
		}
		const news = entries.filter(
			({ index, term }) => index > store.base.index && store.termAt(index) !== term,
		);
		if (news.length === 0) return true;
		const [{ index: first }] = news;
		if (first <= store.lastIndex) {
			log.warn('clearing log suffix', { from: first, to: store.lastIndex });
			store.removeFrom(first);
			if (this.#configurationIndex >= first) this.#rereadConfiguration();
		}
		store.append(news);
		for (const entry of news) this.#readConfiguration(entry);
		return true;
	}

	/** Applies what is committed up to an index. */
	commit(index: number): void {
		const { store, machine } = this.#options;
		this.#commitIndex = Math.max(this.#commitIndex, index);
		while (this.#lastApplied < this.#commitIndex) {
			const entry = store.entry(this.#lastApplied + 1);
			if (!entry) break;
			const { data } = entry;
			const result = data.type === 'command' ? machine.apply(data.command, entry.index) : undefined;
			this.#lastApplied = entry.index;
			this.#applied(entry, result);
		}
		if (store.size > snapshotThreshold + trailingEntries) this.#compact();
	}

	/** A snapshot of what is applied now. */
	takeSnapshot(): Snapshot {
		const { store, machine } = this.#options;
		const { configuration, configurationIndex, lastApplied: index } = this;
		const state = machine.snapshot();
		return { index, term: store.termAt(index) ?? store.term, configuration, configurationIndex, state };
	}

	/** Has a snapshot take the place of all that it stands for. */
	install(snapshot: Snapshot): void {
		const { store, snapshots, tasks } = this.#options;
		this.#restore(snapshot);
		snapshots.save(snapshot, tasks.now);
		store.compact(snapshot.index, snapshot.term);
	}

	#restore({ state, index, configuration, configurationIndex }: Snapshot): void {
		this.#options.machine.restore(state);
		this.#configuration = configuration;
		this.#configurationIndex = configurationIndex;
		this.#commitIndex = index;
		this.#lastApplied = index;
	}

	/** A configuration counts from the moment that it is in the log. */
	#readConfiguration({ index, data }: Entry): void {
		if (data.type !== 'configuration') return;
		this.#configuration = data.configuration;
		this.#configurationIndex = index;
	}

	#readConfigurations(): void {
		const { store } = this.#options;
		for (const entry of store.entriesFrom(store.base.index + 1, store.size)) this.#readConfiguration(entry);
	}

	#rereadConfiguration(): void {
		const base = this.#options.snapshots.latest()?.snapshot;
		this.#configuration = base?.configuration ?? noServers;
		this.#configurationIndex = base?.configurationIndex ?? 0;
		this.#readConfigurations();
	}

	#compact(): void {
		const { store, snapshots, tasks, log } = this.#options;
		const snapshot = this.takeSnapshot();
		log.info('starting snapshot up to', { index: snapshot.index });
		snapshots.save(snapshot, tasks.now);
		const last = snapshot.index - trailingEntries;
		const term = store.termAt(last);
		if (term !== undefined && last > store.base.index) {
			log.info('compacting logs', { from: store.base.index + 1, to: last });
			store.compact(last, term);
		}
		log.info('snapshot complete up to', { index: snapshot.index });
	}
}
