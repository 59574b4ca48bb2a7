// The HTTP API as the commands use it. Errors are those of Consul's Go client.
import { collect } from '../../../bytes.ts';
import { type Process, SystemError } from '../../../runtime/process.ts';
import { exchange } from '../../../runtime/programs/http-client.ts';
import { lookup } from '../../../runtime/programs/name-service.ts';
import { connect } from '../connections.ts';

/** A request that failed; the message is what comes after the command's own words. */
export class RequestError extends Error {}

export interface Response {
	status: number;
	headers: readonly (readonly [string, string])[];
	body: Uint8Array;
}

export interface Client {
	/** Any answer but a success throws RequestError; 404 as well, unless it is asked for. */
	request(
		method: string,
		target: string,
		options?: { body?: Uint8Array; allowMissing?: boolean },
	): Promise<Response>;
	/** The answer to GET as JSON. */
	get<T>(target: string): Promise<T>;
	/** The bytes of an answer as they come. */
	stream(target: string): Promise<AsyncIterable<Uint8Array>>;
}

const words = (status: number, text: string) =>
	new RequestError(`Unexpected response code: ${status}${text === '' ? '' : ` (${text.trimEnd()})`}`);

/** `address` is as CONSUL_HTTP_ADDR has it: `127.0.0.1:8500`, or a URL. */
export function createClient(process: Process, address: string): Client {
	const [, host, port = '8500'] = /^(?:https?:\/\/)?(\[[^\]]*\]|[^:/]*)(?::(\d+))?\/?$/.exec(address) ?? [
		'',
		address,
	];

	const open = async (method: string, target: string, body?: Uint8Array) => {
		const url = `http://${host}:${port}${target}`;
		const verb = `${method[0]}${method.slice(1).toLowerCase()}`;
		try {
			const [resolved] = await lookup(process, host === '' ? '127.0.0.1' : host);
			if (resolved === undefined)
				throw new RequestError(`${verb} "${url}": dial tcp: lookup ${host}: no such host`);
			const connection = await connect(process, resolved, Number(port));
			const response = await exchange(connection, {
				method,
				target,
				headers: [
					['Host', `${host}:${port}`],
					['User-Agent', 'Go-http-client/1.1'],
					...(body ? ([['Content-Length', String(body.length)]] as [string, string][]) : []),
					['Connection', 'close'],
				],
				body: body && single(body),
			});
			return { connection, response };
		} catch (error) {
			if (!(error instanceof SystemError)) throw error;
			throw new RequestError(
				`${verb} "${url}": dial tcp ${host}:${port}: connect: ${error.message.toLowerCase()}`,
			);
		}
	};

	const request: Client['request'] = async (method, target, { body, allowMissing = false } = {}) => {
		const { connection, response } = await open(method, target, body);
		try {
			const whole = await collect(response.body);
			if (response.status >= 300 && !(allowMissing && response.status === 404))
				throw words(response.status, new TextDecoder().decode(whole));
			return { status: response.status, headers: response.headers, body: whole };
		} catch (error) {
			if (!(error instanceof SystemError)) throw error;
			throw new RequestError(`${method} ${target}: EOF`);
		} finally {
			connection.close();
		}
	};

	return {
		request,
		get: async <T>(target: string) =>
			JSON.parse(new TextDecoder().decode((await request('GET', target)).body)) as T,
		async stream(target) {
			const { response } = await open('GET', target);
			if (response.status !== 200) throw words(response.status, '');
			return response.body ?? empty();
		},
	};
}

async function* single(data: Uint8Array): AsyncGenerator<Uint8Array> {
	yield data;
}

async function* empty(): AsyncGenerator<Uint8Array> {}
