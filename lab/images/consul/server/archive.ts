// The file of `consul snapshot save`: a gzipped tar archive with meta.json, state.bin and their checksums, as
// hashicorp/consul's package snapshot writes it.
import { concat } from '../../../bytes.ts';
import { decode, encode } from '../../../runtime/byte-text.ts';
import { sha256 } from '../../../runtime/programs/digests.ts';
import { gunzip, gzip } from '../../../runtime/programs/gzip-format.ts';
import { ByteReader, blockSize, entriesOf, entryBlocks } from '../../../runtime/programs/tar-format.ts';
import type { Snapshot } from '../raft/messages.ts';
import { metaOf, snapshotId } from '../raft/snapshot-store.ts';

export interface ArchivedSnapshot {
	id: string;
	index: number;
	term: number;
	version: number;
	state: string;
}

export function archiveOf(snapshot: Snapshot, now: number): Uint8Array {
	const files = new Map([
		['meta.json', JSON.stringify(metaOf(snapshot, snapshotId(snapshot, now)))],
		['state.bin', snapshot.state],
	]);
	files.set('SHA256SUMS', [...files].map(([name, text]) => `${sha256(text)}  ${name}\n`).join(''));
	const blocks = [...files].flatMap(([name, text]) => {
		const content = encode(text);
		return entryBlocks(
			{
				name,
				type: '0',
				mode: 0o600,
				uid: 0,
				gid: 0,
				size: content.length,
				modifiedAt: now,
				target: '',
				user: '',
				group: '',
			},
			content,
		);
	});
	return gzip(concat([...blocks, new Uint8Array(2 * blockSize)]));
}

/** Throws Error in Consul's words for what is damaged, or no snapshot. */
export async function readArchive(data: Uint8Array): Promise<ArchivedSnapshot> {
	const archive = gunzip(data);
	if (!archive) throw new Error('failed to decompress snapshot: gzip: invalid header');
	const files = new Map<string, string>();
	const reader = new ByteReader(single(archive));
	for await (const { header, content } of entriesOf(failure, reader))
		files.set(header.name, decode(await content()));
	const file = (name: string) => {
		const text = files.get(name);
		if (text === undefined)
			throw new Error(
				`failed to read snapshot file: failed checking integrity of snapshot: file missing: ${name}`,
			);
		return text;
	};
	for (const line of file('SHA256SUMS').trim().split('\n')) {
		const [sum, name] = line.split('  ');
		if (sha256(file(name)) !== sum)
			throw new Error(
				`failed to read snapshot file: failed checking integrity of snapshot: hash check failed for "${name}"`,
			);
	}
	const meta = JSON.parse(file('meta.json')) as { ID: string; Index: number; Term: number; Version: number };
	return { id: meta.ID, index: meta.Index, term: meta.Term, version: meta.Version, state: file('state.bin') };
}

/** A damaged archive, in the words of Go's archive/tar. */
const failure = {
	busybox: false,
	fail(): never {
		throw new Error('failed to read snapshot file: failed reading snapshot: unexpected EOF');
	},
};

async function* single(data: Uint8Array): AsyncGenerator<Uint8Array> {
	yield data;
}
