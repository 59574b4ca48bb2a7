// A pod's network namespace, and a process's view of it.
import type { Host } from './cluster.ts';
import { networkError } from './errors.ts';
import type { Connection, DatagramSocket, Listener, NetworkNamespace } from './network.ts';
import { lookup } from './resolver.ts';
import type { Address } from './tcp.ts';

interface NamespaceOptions {
	host: Host;
	connect: NetworkNamespace['connect'];
	transmit(data: Uint8Array, from: number, to: Address): 'refused' | 'sent';
	echo: NetworkNamespace['echo'];
	query: NetworkNamespace['query'];
	close(): void;
}

/** The namespace of a host of the network; `close` is called by the namespace's own. */
export function createNamespaceView(options: NamespaceOptions): NetworkNamespace {
	const { host, connect, transmit, echo, query } = options;
	const isOwn = (address: string) =>
		address === '0.0.0.0' || address === host.address || address.startsWith('127.');
	const namespace: NetworkNamespace = {
		ip: host.address,
		listen(port, address = '0.0.0.0') {
			if (!isOwn(address)) throw networkError('EADDRNOTAVAIL');
			return host.sockets.listen(port, address);
		},
		bind(port, address = '0.0.0.0') {
			if (!isOwn(address)) throw networkError('EADDRNOTAVAIL');
			return host.sockets.bind(port, address, transmit);
		},
		connect,
		echo,
		query,
		lookup: (name, dns, signal) => lookup(query, name, dns, signal),
		listeners: () => host.sockets.listeners(),
		connections: () => host.sockets.connections(),
		forProcess: () => ownedView(namespace),
		close: options.close,
	};
	return namespace;
}

/** Remembers what is opened through it, and closes that alone. */
function ownedView(namespace: NetworkNamespace): NetworkNamespace {
	const listeners = new Set<Listener>();
	const connections = new Set<Connection>();
	const datagrams = new Set<DatagramSocket>();
	let prunedAt = 64;
	const own = (connection: Connection): Connection => {
		connections.add(connection);
		if (connections.size < prunedAt) return connection;
		// A server's view would otherwise keep every connection that it ever had.
		const open = new Set(namespace.connections());
		for (const each of connections) if (!open.has(each)) connections.delete(each);
		prunedAt = 64 + 2 * connections.size;
		return connection;
	};
	return {
		...namespace,
		listen(port, host) {
			const listener = namespace.listen(port, host);
			listeners.add(listener);
			return {
				port: listener.port,
				accept: async (signal) => own(await listener.accept(signal)),
				close() {
					listeners.delete(listener);
					listener.close();
				},
			};
		},
		bind(port, host) {
			const socket = namespace.bind(port, host);
			datagrams.add(socket);
			return socket;
		},
		connect: async (address, port, signal) => own(await namespace.connect(address, port, signal)),
		forProcess: () => ownedView(namespace),
		close() {
			for (const listener of listeners) listener.close();
			for (const connection of connections) connection.close();
			for (const socket of datagrams) socket.close();
			listeners.clear();
			datagrams.clear();
			connections.clear();
		},
	};
}
