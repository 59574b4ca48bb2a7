// A client of a lab, by its kubeconfig alone: plain requests over HTTPS.

import { once } from 'node:events';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { parse } from 'yaml';

interface Kubeconfig {
	clusters: { cluster: { server: string; 'certificate-authority-data': string } }[];
	users: { user: { 'client-certificate-data': string; 'client-key-data': string } }[];
}

export interface Answer {
	status: number;
	/** Parsed JSON. */
	body: { [field: string]: unknown };
}

/** Sends a request with the credentials of a kubeconfig, to its own server or to another. */
export async function ask(
	kubeconfig: string,
	path: string,
	{ method = 'GET', body, server }: { method?: string; body?: object; server?: string } = {},
): Promise<Answer> {
	const { clusters, users } = parse(kubeconfig) as Kubeconfig;
	const { cluster } = clusters[0];
	const { user } = users[0];
	const decoded = (data: string) => Buffer.from(data, 'base64');
	const sent = request(`${server ?? cluster.server}${path}`, {
		method,
		agent: false,
		// Another lab's server has a certificate that this client cannot know.
		...(server ? { rejectUnauthorized: false } : { ca: decoded(cluster['certificate-authority-data']) }),
		cert: decoded(user['client-certificate-data']),
		key: decoded(user['client-key-data']),
		headers: { accept: 'application/json', 'content-type': 'application/json' },
	});
	sent.end(body && JSON.stringify(body));
	const [response] = await once(sent, 'response');
	return { status: response.statusCode, body: JSON.parse(await text(response)) };
}
