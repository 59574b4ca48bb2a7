// The sockets of one network namespace: which ports are listened on, and what is connected.
import { isLoopback } from './addresses.ts';
import { Changes } from './changes.ts';
import { networkError } from './errors.ts';
import type { Connection, Listener } from './network.ts';
import { type Address, createConnection } from './tcp.ts';
import { UdpSocket } from './udp.ts';

/** Linux's range of ports for clients (net.ipv4.ip_local_port_range). */
const firstEphemeral = 32768;
const lastEphemeral = 60999;
const backlog = 511;

class ListeningSocket implements Listener {
	readonly host: string;
	readonly port: number;
	#arrived: Connection[] = [];
	readonly #changes = new Changes();
	#closed = false;
	#onClose: () => void;

	constructor(host: string, port: number, onClose: () => void) {
		this.host = host;
		this.port = port;
		this.#onClose = onClose;
	}

	get full(): boolean {
		return this.#arrived.length >= backlog;
	}

	arrive(connection: Connection) {
		this.#arrived.push(connection);
		this.#changes.tell();
	}

	async accept(signal?: AbortSignal): Promise<Connection> {
		for (;;) {
			if (this.#closed) throw networkError('EBADF');
			const connection = this.#arrived.shift();
			if (connection) return connection;
			await this.#changes.next(signal);
		}
	}

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		for (const connection of this.#arrived) connection.destroy();
		this.#changes.tell();
		this.#onClose();
	}
}

export class Sockets {
	#listening: ListeningSocket[] = [];
	#connections = new Set<Connection>();
	#datagrams: UdpSocket[] = [];
	#nextPort: number;

	/** `start` in [0, 1) says where ephemeral ports begin. */
	constructor(start: number) {
		this.#nextPort = firstEphemeral + Math.floor(start * (lastEphemeral - firstEphemeral));
	}

	listen(port: number, host: string): Listener {
		const number = port || this.#ephemeralPort();
		const any = '0.0.0.0';
		if (this.#listening.some((l) => l.port === number && (l.host === host || l.host === any || host === any)))
			throw networkError('EADDRINUSE');
		const listener = new ListeningSocket(host, number, () => {
			this.#listening = this.#listening.filter((other) => other !== listener);
		});
		this.#listening.push(listener);
		return listener;
	}

	/** Whether something here takes a connection to the address. */
	listener(address: string, port: number): ListeningSocket | undefined {
		return this.#listening.find(
			(l) =>
				l.port === port &&
				(l.host === '0.0.0.0' || l.host === address || (isLoopback(l.host) && isLoopback(address))),
		);
	}

	/** A socket for UDP; `transmit` carries what it sends away. */
	bind(
		port: number,
		host: string,
		transmit: (data: Uint8Array, from: number, to: Address) => 'refused' | 'sent',
	): UdpSocket {
		const number = port || this.#ephemeralPort();
		if (this.#datagrams.some((other) => other.port === number && other.host === host))
			throw networkError('EADDRINUSE');
		const socket = new UdpSocket(
			{ host, port: number },
			(data, to) => transmit(data, number, to),
			() => {
				this.#datagrams = this.#datagrams.filter((other) => other !== socket);
			},
		);
		this.#datagrams.push(socket);
		return socket;
	}

	/** The socket that takes datagrams to the address. */
	datagramSocket(address: string, port: number): UdpSocket | undefined {
		const takes = (host: string) =>
			host === '0.0.0.0' || host === address || (isLoopback(host) && isLoopback(address));
		return this.#datagrams.find((socket) => socket.port === port && takes(socket.host));
	}

	/** Connects from a socket of `from` (an address of it) to a listener here. */
	accept(from: Sockets, clientAddress: string, address: string, port: number, seen: Address): Connection {
		const listener = this.listener(address, port);
		if (!listener) throw networkError('ECONNREFUSED');
		// A full backlog drops the SYN: the client would try again until its connection times out.
		if (listener.full) throw networkError('ETIMEDOUT');
		const { client, server } = createConnection({
			client: { address: clientAddress, port: from.#ephemeralPort() },
			server: { address, port },
			seen,
			onClientClose: (side) => from.#connections.delete(side),
			onServerClose: (side) => this.#connections.delete(side),
		});
		from.#connections.add(client);
		this.#connections.add(server);
		listener.arrive(server);
		return client;
	}

	/** A port that no other socket of ours uses. */
	#ephemeralPort(): number {
		const used = new Set([...this.#connections].map((connection) => connection.localPort));
		for (;;) {
			const port = this.#nextPort;
			this.#nextPort = port >= lastEphemeral ? firstEphemeral : port + 1;
			const bound = [...this.#listening, ...this.#datagrams];
			if (!used.has(port) && !bound.some((socket) => socket.port === port)) return port;
		}
	}

	listeners(): { address: string; port: number }[] {
		return this.#listening.map(({ host, port }) => ({ address: host, port }));
	}

	connections(): readonly Connection[] {
		return [...this.#connections];
	}

	closeAll(): void {
		for (const listener of this.#listening) listener.close();
		for (const connection of this.#connections) connection.destroy();
		for (const socket of this.#datagrams) socket.close();
	}
}
