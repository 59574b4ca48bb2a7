// A cluster in virtual time for stories about workloads: manifests go in as a client sends them, and requests to
// pods and services go through the API server's proxy.
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import type { ApiResponse } from '../../lab/api/http.ts';
import { settled } from '../../lab/runtime/test-container.ts';
import type { KubernetesObject } from '../../lab/schema/types.ts';
import { createTestCluster, type TestCluster } from '../../lab/test-cluster.ts';

/** A file of this folder's manifests/. */
export function manifest(name: string): string {
	return readFileSync(new URL(`manifests/${name}`, import.meta.url), 'utf8');
}

const irregular: Record<string, string> = { Ingress: 'ingresses' };

/** The path of an object's collection. */
function collectionOf({ apiVersion, kind, metadata }: KubernetesObject): string {
	const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
	const scope = kind === 'Namespace' ? '' : `/namespaces/${metadata.namespace ?? 'default'}`;
	return `${root}${scope}/${irregular[kind] ?? `${kind.toLowerCase()}s`}`;
}

export interface StoryCluster extends TestCluster {
	/** Creates every object of a manifest; throws where the API refuses one. */
	create(text: string): Promise<void>;
	/** One request of an administrator, moving time on until it is answered whole. */
	request(
		method: string,
		target: string,
		body?: string,
		type?: string,
	): Promise<{ status: number; text: string }>;
	/** What a GET through the proxy answers: `pods/NAME` or `services/NAME` in the namespace default, and a path. */
	proxy(object: string, path?: string, posted?: string): Promise<string>;
}

async function textOf({ body }: ApiResponse): Promise<string> {
	if (typeof body === 'string') return body;
	const decoder = new TextDecoder();
	if (body instanceof Uint8Array) return decoder.decode(body);
	let text = '';
	for await (const part of body)
		text += typeof part === 'string' ? part : decoder.decode(part, { stream: true });
	return text;
}

export function createStoryCluster(nodes = 2): StoryCluster {
	const cluster = createTestCluster({ nodes });
	const request: StoryCluster['request'] = (method, target, body, type = 'application/json') => {
		const [path, query] = target.split('?');
		const answered = cluster.lab.api
			.handle({
				method,
				path,
				query: new URLSearchParams(query),
				headers: body === undefined ? {} : { 'content-type': type },
				body: body === undefined ? undefined : new TextEncoder().encode(body),
				user: { username: 'admin', groups: ['system:masters', 'system:authenticated'] },
				signal: new AbortController().signal,
			})
			.then(async (response) => ({ status: response.status, text: await textOf(response) }));
		return settled(cluster.clock, answered);
	};
	return {
		...cluster,
		request,
		async create(text) {
			for (const document of parseAllDocuments(text)) {
				const object: KubernetesObject = document.toJS();
				const { status, text: said } = await request('POST', collectionOf(object), JSON.stringify(object));
				if (status !== 201) throw new Error(`${object.kind} ${object.metadata.name}: ${status} ${said}`);
			}
		},
		async proxy(object, path = '/', posted) {
			const target = `/api/v1/namespaces/default/${object}/proxy${path}`;
			const type = 'application/x-www-form-urlencoded';
			return (await request(posted === undefined ? 'GET' : 'POST', target, posted, type)).text;
		},
	};
}
