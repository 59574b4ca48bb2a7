// The ingress controller's proxy: listens on port 80 of every node while there are Ingresses of its class, and
// hands requests on to the Services that they name.
import type { Client } from '../api/client.ts';
import { isServed } from '../controllers/ingress.ts';
import type { Ingress, IngressBackend, Service } from '../schema/types.ts';
import {
	closingAfter,
	type HeaderList,
	HttpReader,
	type HttpRequest,
	type HttpResponse,
	header,
	reasons,
	serveHttp,
	writeRequest,
} from './http.ts';
import { routeOf } from './ingress-routes.ts';
import type { Connection, Listener, NetworkNamespace } from './network.ts';

const port = 80;
/** Fields that belong to one connection, not to the message. */
const ofConnection = new Set(['connection', 'keep-alive', 'te', 'transfer-encoding', 'upgrade']);
const encoder = new TextEncoder();

const passedOn = (headers: HeaderList) => headers.filter(([name]) => !ofConnection.has(name.toLowerCase()));

function page(status: number): HttpResponse {
	const title = `${status} ${reasons[status]}`;
	const text = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`;
	const body = encoder.encode(text);
	return {
		status,
		headers: [
			['Content-Type', 'text/html'],
			['Content-Length', String(body.length)],
		],
		body,
	};
}

/** Starts to listen when the first Ingress comes; `nodes` are the nodes' own networks. */
export function startIngressProxy(client: Client, nodes: readonly NetworkNamespace[]): { stop(): void } {
	const listeners = new Map<NetworkNamespace, Listener>();

	const served = () =>
		client.list<Ingress>('ingresses.networking.k8s.io', '', (ingress) => isServed(client, ingress));

	const addressOf = (namespace: string, { service }: IngressBackend) => {
		const found = service && client.get<Service>('services', namespace, service.name);
		const wanted = service?.port;
		const known = found?.spec.ports?.find(({ name, port: number }) =>
			wanted?.name ? name === wanted.name : number === wanted?.number,
		);
		return found?.spec.clusterIP && known ? { address: found.spec.clusterIP, port: known.port } : undefined;
	};

	const answer = async (request: HttpRequest, node: NetworkNamespace): Promise<HttpResponse> => {
		const host = (header(request.headers, 'host') ?? '').replace(/:\d+$/, '').toLowerCase();
		const route = routeOf(served(), host, request.target.split('?', 1)[0]);
		if (!route) return page(404);
		const target = addressOf(route.namespace, route.backend);
		if (!target) return page(503);
		let connection: Connection | undefined;
		try {
			connection = await node.connect(target.address, target.port);
			const headers: HeaderList = [...passedOn(request.headers), ['Connection', 'close']];
			await writeRequest(connection, { ...request, headers });
			const response = await new HttpReader(connection).response(request.method);
			const body = response.body && closingAfter(response.body as AsyncIterable<Uint8Array>, connection);
			if (!body) connection.close();
			return { ...response, headers: passedOn(response.headers), body };
		} catch {
			// The backend refuses the connection where the Service has no endpoint, or breaks it off.
			connection?.destroy();
			return page(connection ? 502 : 503);
		}
	};

	const listen = async (node: NetworkNamespace, listener: Listener) => {
		try {
			for (;;) void serveHttp(await listener.accept(), (request) => answer(request, node)).catch(() => {});
		} catch {
			// The listener has been closed.
		}
	};

	const follow = () => {
		const wanted = served().length > 0;
		for (const node of nodes) {
			const listener = listeners.get(node);
			if (wanted === (listener !== undefined)) continue;
			if (listener) {
				listener.close();
				listeners.delete(node);
				continue;
			}
			try {
				const opened = node.listen(port);
				listeners.set(node, opened);
				void listen(node, opened);
			} catch {
				// A pod on the node's own network has the port: that node serves no Ingress.
			}
		}
	};

	const ends = [
		client.watch('ingresses.networking.k8s.io', follow),
		client.watch('ingressclasses.networking.k8s.io', follow),
	];
	return {
		stop() {
			for (const end of ends) end();
			for (const listener of listeners.values()) listener.close();
		},
	};
}
