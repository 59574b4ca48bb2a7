// UDP as programs see it: datagrams that arrive whole or not at all.
import { Changes } from './changes.ts';
import { networkError } from './errors.ts';
import type { Datagram, DatagramSocket } from './network.ts';
import type { Address } from './tcp.ts';

/** What waits to be read; more is dropped, as by a full receive buffer. */
const mostWaiting = 256;
/** The most that one datagram over IPv4 carries. */
const longest = 65_507;

/** A socket; `transmit` carries a datagram away, and says whether its destination has refused it. */
export class UdpSocket implements DatagramSocket {
	readonly port: number;
	readonly host: string;
	#arrived: Datagram[] = [];
	readonly #changes = new Changes();
	#refused = false;
	#closed = false;
	readonly #transmit: (data: Uint8Array, to: Address) => 'refused' | 'sent';
	readonly #onClose: () => void;

	constructor(
		local: { host: string; port: number },
		transmit: (data: Uint8Array, to: Address) => 'refused' | 'sent',
		onClose: () => void,
	) {
		this.port = local.port;
		this.host = local.host;
		this.#transmit = transmit;
		this.#onClose = onClose;
	}

	arrive(datagram: Datagram): void {
		if (this.#arrived.length < mostWaiting) this.#arrived.push(datagram);
		this.#changes.tell();
	}

	send(data: Uint8Array, address: string, port: number): void {
		if (this.#closed) throw networkError('EBADF');
		if (data.length > longest) throw networkError('EMSGSIZE');
		if (this.#transmit(data.slice(), { address, port }) === 'sent') return;
		this.#refused = true;
		this.#changes.tell();
	}

	async receive(signal?: AbortSignal): Promise<Datagram> {
		for (;;) {
			if (this.#closed) throw networkError('EBADF');
			const datagram = this.#arrived.shift();
			if (datagram) return datagram;
			if (this.#refused) {
				this.#refused = false;
				throw networkError('ECONNREFUSED');
			}
			await this.#changes.next(signal);
		}
	}

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#changes.tell();
		this.#onClose();
	}
}
