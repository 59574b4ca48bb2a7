// An API server for tests: under a virtual clock, with what a cluster has from the beginning.
import { createVirtualClock } from '../clock.ts';
import { createPriorityClasses } from '../controllers/bootstrap.ts';
import { createRandom } from '../random.ts';
import type { KubernetesObject } from '../schema/types.ts';
import type { ApiResponse, UserInfo } from './http.ts';
import type { NodeConnector } from './node-connector.ts';
import { createApiServer } from './server.ts';

export interface TestRequest {
	body?: unknown;
	headers?: Record<string, string>;
	/** An administrator unless told. */
	user?: UserInfo;
	signal?: AbortSignal;
}

/** An answer with its body read as JSON, as the test expects it to be. */
export interface Answer<T> {
	status: number;
	headers: Record<string, string>;
	body: T;
}

export function serverUnderTest(connector?: NodeConnector, historyLimit?: number) {
	const clock = createVirtualClock();
	const random = createRandom(1);
	const connectorOf = (node: string) => (node === 'node1' ? connector : undefined);
	const { http, client } = createApiServer({ clock, random, connectorOf, historyLimit });
	const metadata = (name: string, namespace?: string) => ({ name, ...(namespace && { namespace }) });
	for (const name of ['default', 'other']) {
		client.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: metadata(name) });
		client.create('serviceaccounts', {
			apiVersion: 'v1',
			kind: 'ServiceAccount',
			metadata: metadata('default', name),
		});
	}

	createPriorityClasses(client);

	const toRequest = (
		method: string,
		target: string,
		{ body, headers = {}, user, signal }: TestRequest = {},
	) => {
		const url = new URL(target, 'http://lab');
		const bytes =
			body instanceof Uint8Array
				? body
				: body === undefined
					? undefined
					: new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));
		return {
			method,
			path: url.pathname,
			query: url.searchParams,
			headers,
			...(bytes && { body: bytes }),
			user: user ?? { username: 'admin', groups: ['system:masters'] },
			signal: signal ?? new AbortController().signal,
		};
	};

	return {
		clock,
		client,
		upgrade: (target: string) => http.upgrade(toRequest('GET', target)),
		/** The answer as it comes, for streams. */
		raw: (method: string, target: string, request?: TestRequest): Promise<ApiResponse> =>
			http.handle(toRequest(method, target, request)),
		/** The answer with its JSON read. */
		async send<T>(method: string, target: string, request?: TestRequest): Promise<Answer<T>> {
			const { status, headers, body } = await http.handle(toRequest(method, target, request));
			if (typeof body !== 'string') throw new Error(`${method} ${target} answers with a stream`);
			return { status, headers, body: JSON.parse(body) as T };
		},
	};
}

/** A pod as short as one can be. */
export const podDraft = (name: string, more: object = {}) => ({
	apiVersion: 'v1',
	kind: 'Pod',
	metadata: { name, namespace: 'default' },
	spec: { containers: [{ name: 'c', image: 'nginx:1.27' }], ...more },
});

export const configMapDraft = (name: string, data: Record<string, string> = {}) => ({
	apiVersion: 'v1',
	kind: 'ConfigMap',
	metadata: { name, namespace: 'default' },
	data,
});

/** A StatefulSet as short as one can be; `spec` is merged over it. */
export const statefulSetDraft = (name: string, spec: object = {}) => ({
	apiVersion: 'apps/v1',
	kind: 'StatefulSet',
	metadata: { name, namespace: 'default' },
	spec: {
		serviceName: name,
		selector: { matchLabels: { app: name } },
		template: {
			metadata: { labels: { app: name } },
			spec: { containers: [{ name: 'c', image: 'nginx' }] },
		},
		...spec,
	},
});

export interface StatusAnswer {
	kind: 'Status';
	status: string;
	reason: string;
	message: string;
	code: number;
	details?: {
		name?: string;
		group?: string;
		kind?: string;
		uid?: string;
		causes?: { reason: string; field: string; message: string }[];
	};
}

export type Listed = {
	kind: string;
	metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number };
	items: KubernetesObject[];
};
