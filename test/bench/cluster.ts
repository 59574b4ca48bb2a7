// A cluster as a benchmark uses it: by raw requests, and by kubectl. The embedded lab and a peer alike.

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type ClientHttp2Session, connect } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Cluster {
	/** One request over HTTP/2; throws an Error where it is not answered with 2xx. */
	request(method: string, path: string, body?: object): Promise<string>;
	kubectl(...args: string[]): Promise<string>;
	close(): Promise<void>;
}

interface KubeconfigView {
	clusters: { cluster: { server: string; 'certificate-authority-data'?: string } }[];
	users: { user: { 'client-certificate-data'?: string; 'client-key-data'?: string; token?: string } }[];
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
	const session: ClientHttp2Session = connect(server, {
		ca: decoded(ca),
		cert: decoded(user['client-certificate-data']),
		key: decoded(user['client-key-data']),
	});
	const authorization = user.token ? { authorization: `Bearer ${user.token}` } : {};
	return {
		request: (method, path, body) =>
			new Promise((resolve, reject) => {
				const headers = { accept: 'application/json', 'content-type': 'application/json', ...authorization };
				const stream = session.request({ ':method': method, ':path': path, ...headers });
				const fail = (why: string) => reject(new Error(`${method} ${path}: ${why}`));
				let status = 0;
				let answer = '';
				stream.on('error', (error) => fail(error.message));
				stream.on('response', (headers) => {
					status = headers[':status'] ?? 0;
				});
				stream.setEncoding('utf8').on('data', (text: string) => {
					answer += text;
				});
				stream.on('end', () =>
					status >= 200 && status < 300 ? resolve(answer) : fail(`${status} ${answer}`),
				);
				stream.end(body && JSON.stringify(body));
			}),
		kubectl,
		async close() {
			session.destroy();
			await rm(folder, { recursive: true, force: true });
		},
	};
}
