// A cluster as a benchmark uses it: by raw requests, and by kubectl. The embedded lab and a peer alike.

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type ClientHttp2Session, connect } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Cluster {
	/** One request over HTTP/2; throws an Error where it is not answered with 2xx. */
	request(method: string, path: string, body?: object, accept?: string): Promise<string>;
	/** Watches from now on; told how many events came. Resolves when it is connected; what it gives ends it. */
	watch(path: string, seen: (events: number) => void): Promise<() => void>;
	kubectl(...args: string[]): Promise<string>;
	/** Asks again until it does not throw. */
	eventually<T>(ask: () => Promise<T>): Promise<T>;
	/** Deletes and waits until it is gone, so that what goes with it does not disturb the next measurement. */
	remove(path: string): Promise<void>;
	/** Resolves when the condition holds, looked at whenever something came of a watch. */
	until(condition: () => boolean): Promise<void>;
	close(): Promise<void>;
}

interface KubeconfigView {
	clusters: { cluster: { server: string; 'certificate-authority-data'?: string } }[];
	users: { user: { 'client-certificate-data'?: string; 'client-key-data'?: string; token?: string } }[];
}

/** How many watches share a connection. */
const watchesEach = 50;
const newline = 10;

function countLines(chunk: Buffer): number {
	let lines = 0;
	for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, at + 1)) lines++;
	return lines;
}

/** @param kubeconfig its text; only its current context counts. */
export async function connectCluster(kubectlPath: string, kubeconfig: string): Promise<Cluster> {
	const folder = await mkdtemp(join(tmpdir(), 'bench-'));
	const file = join(folder, 'kubeconfig');
	await writeFile(file, kubeconfig, { mode: 0o600 });
	const env = { ...process.env, KUBECONFIG: file, KUBECACHEDIR: join(folder, 'cache') };
	const kubectl = async (...args: string[]) => (await run(kubectlPath, args, { env })).stdout;
	const view = ['config', 'view', '--raw', '--minify', '--flatten', '-o', 'json'];
	const { clusters, users } = JSON.parse(await kubectl(...view)) as KubeconfigView;
	const { server, 'certificate-authority-data': ca } = clusters[0].cluster;
	const { user } = users[0];
	const decoded = (data: string | undefined) => (data ? Buffer.from(data, 'base64') : undefined);
	const open = (): ClientHttp2Session =>
		connect(server, {
			ca: decoded(ca),
			cert: decoded(user['client-certificate-data']),
			key: decoded(user['client-key-data']),
		});
	const session = open();
	const watching: ClientHttp2Session[] = [];
	let watches = 0;
	let look = () => {};
	async function eventually<T>(ask: () => Promise<T>): Promise<T> {
		for (;;) {
			try {
				return await ask();
			} catch {
				await sleep(50);
			}
		}
	}
	const authorization = user.token ? { authorization: `Bearer ${user.token}` } : {};
	const request: Cluster['request'] = (method, path, body, accept = 'application/json') =>
		new Promise((resolve, reject) => {
			const headers = { accept, 'content-type': 'application/json', ...authorization };
			const stream = session.request({ ':method': method, ':path': path, ...headers });
			const fail = (why: string) => reject(new Error(`${method} ${path}: ${why}`));
			let status = 0;
			const chunks: Buffer[] = [];
			stream.on('error', (error) => fail(error.message));
			stream.on('response', (headers) => {
				status = headers[':status'] ?? 0;
			});
			stream.on('data', (chunk: Buffer) => chunks.push(chunk));
			stream.on('end', () => {
				const answer = Buffer.concat(chunks).toString();
				if (status >= 200 && status < 300) resolve(answer);
				else fail(`${status} ${answer}`);
			});
			stream.end(body && JSON.stringify(body));
		});
	return {
		request,
		watch: (path, seen) =>
			new Promise((resolve, reject) => {
				if (watches++ % watchesEach === 0) watching.push(open());
				const stream = watching[watching.length - 1].request({
					':path': `${path}?watch=true`,
					...authorization,
				});
				stream.on('error', reject);
				stream.on('response', () => resolve(() => stream.close()));
				stream.on('data', (chunk: Buffer) => {
					seen(countLines(chunk));
					look();
				});
			}),
		kubectl,
		eventually,
		async remove(path) {
			await request('DELETE', path);
			await eventually(async () => {
				if (await request('GET', path).catch((error: Error) => !/: 404 /.test(error.message)))
					throw new Error(`${path} is still there.`);
			});
		},
		until: (condition) =>
			new Promise((resolve) => {
				look = () => {
					if (!condition()) return;
					look = () => {};
					resolve();
				};
				look();
			}),
		async close() {
			for (const each of [session, ...watching]) each.destroy();
			await rm(folder, { recursive: true, force: true });
		},
	};
}
