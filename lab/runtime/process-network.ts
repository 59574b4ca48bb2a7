// The network as one process has it: what it waits for ends with a signal, and its sockets close with it.
import type {
	Connection,
	DatagramSocket,
	Listener,
	NetworkNamespace,
	ResolverOptions,
} from '../network/network.ts';
import type { SimulatedProcess } from './simulated-process.ts';

export class ProcessNetwork implements NetworkNamespace {
	readonly #pod: NetworkNamespace;
	readonly #process: SimulatedProcess;
	/** Made at the first use: most processes never open a socket. */
	#own: NetworkNamespace | undefined;

	constructor(pod: NetworkNamespace, process: SimulatedProcess) {
		this.#pod = pod;
		this.#process = process;
	}

	get ip(): string {
		return this.#pod.ip;
	}

	listen(port: number, host?: string): Listener {
		const listener = this.#namespace().listen(port, host);
		return {
			port: listener.port,
			accept: async (signal) =>
				this.#connection(await this.#wait(signal, (given) => listener.accept(given), destroy)),
			close: () => listener.close(),
		};
	}

	bind(port: number, host?: string): DatagramSocket {
		const socket = this.#namespace().bind(port, host);
		return {
			port: socket.port,
			send: (data, address, to) => socket.send(data, address, to),
			receive: (signal) => this.#wait(signal, (given) => socket.receive(given)),
			close: () => socket.close(),
		};
	}

	async connect(address: string, port: number, signal?: AbortSignal): Promise<Connection> {
		const namespace = this.#namespace();
		return this.#connection(
			await this.#wait(signal, (given) => namespace.connect(address, port, given), destroy),
		);
	}

	query(
		name: string,
		type: Parameters<NetworkNamespace['query']>[1],
		options: { server?: string; signal?: AbortSignal } = {},
	): ReturnType<NetworkNamespace['query']> {
		return this.#wait(options.signal, (signal) => this.#pod.query(name, type, { ...options, signal }));
	}

	lookup(name: string, dns: ResolverOptions, signal?: AbortSignal): Promise<string[]> {
		return this.#wait(signal, (given) => this.#pod.lookup(name, dns, given));
	}

	echo(address: string, signal?: AbortSignal): Promise<void> {
		return this.#wait(signal, (given) => this.#pod.echo(address, given));
	}

	listeners(): ReturnType<NetworkNamespace['listeners']> {
		return this.#pod.listeners();
	}

	connections(): readonly Connection[] {
		return this.#pod.connections();
	}

	forProcess(): NetworkNamespace {
		return this.#namespace().forProcess();
	}

	/** Closes this process's sockets; the pod's others stay. */
	close(): void {
		this.#own?.close();
	}

	#namespace(): NetworkNamespace {
		this.#process.check();
		this.#own ??= this.#pod.forProcess();
		return this.#own;
	}

	#connection(connection: Connection): Connection {
		return {
			localAddress: connection.localAddress,
			localPort: connection.localPort,
			remoteAddress: connection.remoteAddress,
			remotePort: connection.remotePort,
			read: (max, signal) => this.#wait(signal, (given) => connection.read(max, given)),
			write: (data) => this.#wait(undefined, () => connection.write(data)),
			end: () => connection.end(),
			close: () => connection.close(),
			destroy: () => connection.destroy(),
		};
	}

	/** Waits as a system call does; what comes when nobody waits any more goes to `unwanted`. */
	async #wait<T>(
		signal: AbortSignal | undefined,
		begin: (signal: AbortSignal) => Promise<T>,
		unwanted?: (value: T) => void,
	): Promise<T> {
		await this.#process.enter(true);
		return this.#process.block<T>((done, fail) => {
			const controller = new AbortController();
			const given = signal ? AbortSignal.any([signal, controller.signal]) : controller.signal;
			begin(given).then((value) => (controller.signal.aborted ? unwanted?.(value) : done(value)), fail);
			return () => controller.abort();
		});
	}
}

const destroy = (connection: Connection) => connection.destroy();
