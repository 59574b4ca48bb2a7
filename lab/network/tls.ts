// TLS as far as programs see it. Between simulated ends there is nobody to hide from, so nothing is encrypted and
// no key is proven: the handshake carries what a client decides by, the server's certificate and the name that
// the client asks for, in records with the types of TLS (RFC 8446, 5.1), and after it the bytes pass as they are.
// What speaks no TLS is told from what does as on a real connection, by the first byte.
import { SystemError } from '../runtime/process.ts';
import { type Certificate, type CertificateFault, faultOf } from './certificates.ts';
import type { Connection } from './network.ts';

const alert = 21;
const handshake = 22;
/** A record's type, its version, and the length of what it holds. */
const headerBytes = 5;
/** More than TLS allows is no TLS. */
const longestRecord = 16_640;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export type TlsFault = CertificateFault | 'wrong version number' | 'unexpected eof';

/** Why a client did not get its connection; `certificate` is the server's, where it has shown one. */
export class TlsError extends Error {
	readonly fault: TlsFault;
	readonly certificate: Certificate | undefined;
	constructor(fault: TlsFault, certificate?: Certificate) {
		super(fault);
		this.fault = fault;
		this.certificate = certificate;
	}
}

async function readExactly(
	connection: Connection,
	length: number,
	signal?: AbortSignal,
): Promise<Uint8Array | undefined> {
	const data = new Uint8Array(length);
	for (let at = 0; at < length; ) {
		const part = await connection.read(length - at, signal);
		if (part.length === 0) return undefined;
		data.set(part, at);
		at += part.length;
	}
	return data;
}

async function writeRecord(connection: Connection, type: number, value: unknown): Promise<void> {
	// The line's end is for servers that speak no TLS: they have something to refuse then.
	const content = encoder.encode(`${JSON.stringify(value)}\n`);
	const record = new Uint8Array(headerBytes + content.length);
	record.set([type, 3, 3, content.length >> 8, content.length & 255]);
	record.set(content, headerBytes);
	await connection.write(record);
}

/** What a record of the handshake holds; 'closed' at the end or by an alert, 'other' where it is no TLS. */
async function readRecord(connection: Connection, signal?: AbortSignal): Promise<unknown> {
	const header = await readExactly(connection, headerBytes, signal);
	if (!header) return 'closed';
	const length = header[3] * 256 + header[4];
	if ((header[0] !== handshake && header[0] !== alert) || header[1] !== 3 || length > longestRecord)
		return 'other';
	const content = await readExactly(connection, length, signal);
	if (!content || header[0] === alert) return 'closed';
	try {
		return JSON.parse(decoder.decode(content));
	} catch {
		return 'other';
	}
}

/**
 * The client's part. `trusted` are the authorities that it takes, as PEM; undefined where it takes any server
 * (`curl -k`). Throws TlsError, and the connection is gone then.
 */
export async function connectTls(
	connection: Connection,
	options: { name: string; trusted: string | undefined; now: number; signal?: AbortSignal },
): Promise<{ connection: Connection; certificate: Certificate }> {
	const { name, trusted, now, signal } = options;
	try {
		await writeRecord(connection, handshake, { name });
		const answer = await readRecord(connection, signal);
		if (answer === 'closed') throw new TlsError('unexpected eof');
		if (answer === 'other') throw new TlsError('wrong version number');
		const { certificate } = answer as { certificate: Certificate };
		const fault = trusted === undefined ? undefined : faultOf(certificate, { name, trusted, now });
		if (fault) {
			await writeRecord(connection, alert, {});
			throw new TlsError(fault, certificate);
		}
		await writeRecord(connection, handshake, { finished: true });
		return { connection, certificate };
	} catch (error) {
		connection.close();
		const brokenOff = error instanceof SystemError && ['EPIPE', 'ECONNRESET'].includes(error.code);
		throw brokenOff ? new TlsError('unexpected eof') : error;
	}
}

/**
 * The server's part: the connection once the client has taken the certificate; undefined where it has not, or
 * speaks HTTP without TLS, which is answered in the words of Go's server.
 */
export async function acceptTls(
	connection: Connection,
	certificate: Certificate,
): Promise<Connection | undefined> {
	const hello = await readRecord(connection);
	if (hello === 'other') await refusePlain(connection);
	if (hello === 'other' || hello === 'closed') {
		connection.close();
		return undefined;
	}
	await writeRecord(connection, handshake, { certificate });
	if (typeof (await readRecord(connection)) === 'object') return connection;
	connection.close();
	return undefined;
}

async function refusePlain(connection: Connection): Promise<void> {
	// A socket that is closed with something unread takes back what it has said.
	for (let head = ''; !/\r?\n\r?\n$/.test(head); ) {
		const part = await connection.read();
		if (part.length === 0) return;
		head += decoder.decode(part);
	}
	await connection.write('HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n');
}
