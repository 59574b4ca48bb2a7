// A folder that keeps a cluster while no process runs it. One file has all of it, replaced as a whole, so that at any
// moment there is one that is complete.
import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeptLab } from '../index.ts';
import type { KeyPair } from './certificates.ts';

/** Raised when an older program would misread what a newer one writes. */
const format = 1;

/** What a cluster goes on from: what the lab keeps, who signs its certificates, and where clients look for it. */
export interface KeptCluster {
	lab: KeptLab;
	authority: KeyPair;
	port: number;
}

/** What is wrong with the folder, and the mend, for people. */
export class StateError extends Error {}

export interface StateFolder {
	/** The file with the cluster. */
	readonly file: string;
	/** Undefined in a new folder. Throws a StateError where the file is damaged; it stays as it is. */
	read(): Promise<KeptCluster | undefined>;
	/** Replaces the cluster; does nothing where it has not changed. Throws a StateError; then the one before is kept. */
	write(cluster: KeptCluster): Promise<void>;
	/** Lets others use the folder. */
	close(): Promise<void>;
}

/**
 * Takes the folder for this process, made where there is none.
 * @throws StateError where that cannot be done, or another process has it.
 */
export async function openStateFolder(folder: string): Promise<StateFolder> {
	const file = join(folder, 'cluster.json');
	const failed = (what: string, error: unknown) =>
		new StateError(`--state ${folder}: ${what}: ${(error as Error).message}`);
	const lock = join(folder, 'lock');
	try {
		await mkdir(folder, { recursive: true, mode: 0o700 });
		await takeLock(lock);
	} catch (error) {
		if (error instanceof StateError) throw error;
		throw failed('the folder cannot be used', error);
	}
	let written: string | undefined;
	return {
		file,
		async read() {
			let bytes: Buffer;
			try {
				bytes = await readFile(file);
			} catch (error) {
				if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
				throw failed('the cluster cannot be read', error);
			}
			return decode(bytes, file);
		},
		async write(cluster) {
			const { bytes, digest } = encode(cluster);
			if (digest === written) return;
			try {
				await replace(file, folder, bytes);
			} catch (error) {
				throw failed('the cluster cannot be kept', error);
			}
			written = digest;
		},
		async close() {
			held.delete(lock);
			await rm(lock, { force: true });
		},
	};
}

/** The locks that this process holds. */
const held = new Set<string>();

async function takeLock(lock: string): Promise<void> {
	for (;;) {
		try {
			const handle = await open(lock, 'wx', 0o600);
			await handle.writeFile(`${process.pid}\n`);
			await handle.close();
			held.add(lock);
			return;
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
		}
		const holder = Number(await readFile(lock, 'utf8').catch(() => ''));
		// In a container, the process before this one may well have had its number.
		if (holder === process.pid ? held.has(lock) : isAlive(holder))
			throw new StateError(
				`${lock} says that process ${holder} uses this folder: end it, or name another folder by --state`,
			);
		await rm(lock, { force: true });
	}
}

function isAlive(process_: number): boolean {
	if (!Number.isInteger(process_) || process_ <= 0) return false;
	try {
		process.kill(process_, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}

/** There is the old file or the new one, whole, whenever the power goes. */
async function replace(file: string, folder: string, bytes: Uint8Array): Promise<void> {
	const next = `${file}.new`;
	const handle = await open(next, 'w', 0o600);
	try {
		await handle.writeFile(bytes);
		await handle.sync();
	} finally {
		await handle.close();
	}
	await rename(next, file);
	const directory = await open(folder);
	try {
		await directory.sync();
	} finally {
		await directory.close();
	}
}

const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Three lines of JSON: the format and the digest of what follows; the cluster; its disks. */
function encode({ lab: { nodes, apiServer, disks }, authority, port }: KeptCluster) {
	const { store, tokenKey } = apiServer;
	const key = Buffer.from(tokenKey).toString('base64');
	const cluster = JSON.stringify({ nodes, port, authority, tokenKey: key, store });
	const content = Buffer.from(`${cluster}\n${JSON.stringify(disks, bytesAsText)}\n`);
	const digest = digestOf(content);
	const header = Buffer.from(`${JSON.stringify({ format, sha256: digest })}\n`);
	return { bytes: Buffer.concat([header, content]), digest };
}

function decode(bytes: Buffer, file: string): KeptCluster {
	const damaged = (why: string) =>
		new StateError(
			`${file} is damaged: ${why}. It was left as it is. Put a copy of it in its place, or name another folder by --state to begin with a new cluster`,
		);
	const end = bytes.indexOf('\n') + 1;
	let header: { format?: unknown; sha256?: unknown };
	try {
		header = JSON.parse(bytes.toString('utf8', 0, end));
	} catch {
		throw damaged('its first line is not what was written there');
	}
	if (typeof header.format === 'number' && header.format > format)
		throw new StateError(`${file} was written by a newer Slidecar: use that one, or another folder`);
	const content = bytes.subarray(end);
	if (header.sha256 !== digestOf(content)) throw damaged('it was changed or cut off after it was written');
	const [cluster, disks] = content.toString('utf8').split('\n');
	const { nodes, port, authority, tokenKey, store } = JSON.parse(cluster);
	const apiServer = { store, tokenKey: new Uint8Array(Buffer.from(tokenKey, 'base64')) };
	return { lab: { nodes, apiServer, disks: JSON.parse(disks, textAsBytes) }, authority, port };
}

/** What disks hold is the only part with bytes in it; its keys are our own. */
const bytesAsText = (_key: string, value: unknown) =>
	value instanceof Uint8Array ? { base64: Buffer.from(value).toString('base64') } : value;
const textAsBytes = (_key: string, value: unknown) =>
	typeof value === 'object' && value !== null && 'base64' in value
		? new Uint8Array(Buffer.from(String(value.base64), 'base64'))
		: value;
