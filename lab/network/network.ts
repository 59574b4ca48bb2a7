// The cluster's network: addresses, TCP, DNS. A pod has one namespace, shared by its containers.

export interface Connection {
	readonly localAddress: string;
	readonly localPort: number;
	readonly remoteAddress: string;
	readonly remotePort: number;
	/** Up to `max` bytes; empty when the other side has ended; throws SystemError ECONNRESET. */
	read(max?: number, signal?: AbortSignal): Promise<Uint8Array>;
	write(data: Uint8Array | string): Promise<void>;
	/** Ends our side; the other reads end of file. */
	end(): void;
	/** Lets go of both directions, as close(2): the other reads end of file, and EPIPE where it goes on writing. */
	close(): void;
	/** Both sides at once; the other gets ECONNRESET. */
	destroy(): void;
}

/** A message of UDP, and who has sent it. */
export interface Datagram {
	data: Uint8Array;
	address: string;
	port: number;
}

export interface DatagramSocket {
	readonly port: number;
	/** Sends and forgets; throws SystemError EMSGSIZE. */
	send(data: Uint8Array, address: string, port: number): void;
	/** The next one that arrives; throws SystemError ECONNREFUSED where what was sent has met no socket. */
	receive(signal?: AbortSignal): Promise<Datagram>;
	close(): void;
}

export interface Listener {
	readonly port: number;
	accept(signal?: AbortSignal): Promise<Connection>;
	close(): void;
}

export type DnsRecord =
	| { type: 'A'; name: string; address: string; ttl: number }
	| { type: 'SRV'; name: string; priority: number; weight: number; port: number; target: string; ttl: number }
	| { type: 'PTR'; name: string; target: string; ttl: number }
	| { type: 'CNAME'; name: string; target: string; ttl: number };

export interface DnsAnswer {
	status: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED';
	authoritative: boolean;
	answers: DnsRecord[];
}

/** What a C library reads of /etc/resolv.conf and /etc/hosts. */
export interface ResolverOptions {
	/** The cluster's DNS unless told. */
	nameservers?: readonly string[];
	searches: readonly string[];
	ndots: number;
	hosts?: ReadonlyMap<string, string[]>;
}

export interface NetworkNamespace {
	/** The pod's address. */
	readonly ip: string;
	/** Throws SystemError EADDRINUSE. `host` 0.0.0.0 unless told (127.0.0.1 takes local connections only). */
	listen(port: number, host?: string): Listener;
	/** A socket for UDP; port 0 is any free one. Throws SystemError EADDRINUSE. */
	bind(port: number, host?: string): DatagramSocket;
	/** To an address (not a name); throws SystemError ECONNREFUSED, ETIMEDOUT, EHOSTUNREACH, ENETUNREACH. */
	connect(address: string, port: number, signal?: AbortSignal): Promise<Connection>;
	/**
	 * One query for a fully qualified name, to the cluster's DNS unless another server is told; throws SystemError
	 * ETIMEDOUT after 5 s where there is no such server, or a NetworkPolicy keeps the query from it.
	 */
	query(
		name: string,
		type: 'A' | 'AAAA' | 'SRV' | 'PTR' | 'ANY',
		options?: { server?: string; signal?: AbortSignal },
	): Promise<DnsAnswer>;
	/**
	 * Addresses as getaddrinfo finds them: a literal, /etc/hosts' entries given by `hosts`, then DNS by the
	 * search list and ndots. Empty where the name does not exist, or no server answers for 10 s.
	 */
	lookup(name: string, dns: ResolverOptions, signal?: AbortSignal): Promise<string[]>;
	/** An ICMP echo: resolves when the address answers; throws SystemError ETIMEDOUT, EHOSTUNREACH, ENETUNREACH. */
	echo(address: string, signal?: AbortSignal): Promise<void>;
	/** What listens here, for netstat and ss. */
	listeners(): readonly { address: string; port: number }[];
	/** Open connections, for netstat and ss. */
	connections(): readonly Connection[];
	/**
	 * A view of this namespace for one process: its `close` ends the listeners and connections that were
	 * opened through it, as the end of a process does, and nothing else.
	 */
	forProcess(): NetworkNamespace;
	/** Ends every listener and connection; a pod's address is free for another pod then. */
	close(): void;
}

export interface ClusterNetwork {
	/**
	 * A namespace with a fresh address of the node's range, or with the node's own (hostNetwork). `pod` is whose
	 * it is, by which NetworkPolicies know it.
	 */
	createNamespace(options: {
		node: string;
		hostNetwork?: boolean;
		pod?: { namespace: string; name: string };
	}): NetworkNamespace;
	/** A connection from outside the cluster's pods, as the API server's proxy makes them. */
	connect(address: string, port: number, signal?: AbortSignal): Promise<Connection>;
	/** A connection from a node's own network, as its kubelet makes them. */
	connectFromNode(node: string, address: string, port: number, signal?: AbortSignal): Promise<Connection>;
	/** The cluster DNS service's address. */
	readonly dnsAddress: string;
	/** The node's own address (its InternalIP). */
	nodeAddress(node: string): string;
	/** Lets nothing reach the node's own address, as when the machine is off, and lets it again. */
	turnOff(node: string): void;
	turnOn(node: string): void;
	/** The range that the node's pods get their addresses from, as `10.244.1.0/24`. */
	podRange(node: string): string;
	/** Ends the watches. */
	stop(): void;
}
