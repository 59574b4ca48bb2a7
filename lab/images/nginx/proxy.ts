// proxy_pass: a request handed on to another server, and its answer handed back.
import {
	closingAfter,
	type HeaderList,
	HttpError,
	HttpReader,
	header,
	writeRequest,
} from '../../network/http.ts';
import type { Connection } from '../../network/network.ts';
import { SystemError } from '../../runtime/process.ts';
import { parseUrl } from '../../runtime/programs/http-client.ts';
import { lookup } from '../../runtime/programs/name-service.ts';
import type { Location, Settings } from './configuration.ts';
import { type Exchange, expand } from './exchange.ts';
import type { Answer, Nginx } from './responses.ts';

/** Fields that belong to one connection, not to the message. */
const ofConnection = new Set([
	'connection',
	'keep-alive',
	'proxy-connection',
	'te',
	'transfer-encoding',
	'upgrade',
	'date',
	'server',
]);
const numbers: Record<string, number> = {
	ECONNREFUSED: 111,
	ETIMEDOUT: 110,
	EHOSTUNREACH: 113,
	ENETUNREACH: 101,
	ECONNRESET: 104,
};

/** The upstream's answer; undefined where there is none, which is logged (502). */
export async function proxy(
	nginx: Nginx,
	exchange: Exchange,
	location: Location | undefined,
	settings: Settings,
): Promise<Answer | undefined> {
	const { process, request } = exchange;
	const target = expand(settings.proxyPass ?? '', exchange);
	const url = parseUrl(target);
	const fail = async (reason: string) => {
		await nginx.logError('error', reason, exchange);
		return undefined;
	};
	if (!url) return fail(`invalid URL prefix in "${target}"`);
	const members = nginx.configuration.upstreams.get(url.host);
	const member = members?.[(exchange.number - 1) % members.length];
	const [host, port = members ? '80' : String(url.port)] = (member ?? url.host).split(':');
	const [address] = await lookup(process, host);
	if (!address) return fail(`${host} could not be resolved (3: Host not found)`);
	// With a path in proxy_pass, that replaces the part that the location matched; without, the target stays.
	const hasPath = /^https?:\/\/[^/]+\//.test(settings.proxyPass ?? '');
	const rest = exchange.path.slice(location?.path.length ?? 0);
	const path = hasPath ? `${url.target}${rest}${exchange.query ? `?${exchange.query}` : ''}` : request.target;
	const own = new Map(
		settings.proxyHeaders.map(([name, value]) => [
			name.toLowerCase(),
			[name, expand(value, exchange)] as const,
		]),
	);
	const headers: HeaderList = [
		[
			'Host',
			own.get('host')?.[1] ?? (members ? url.host : target.replace(/^https?:\/\//, '').replace(/\/.*/, '')),
		],
		...[...own]
			.filter(([name, [, value]]) => name !== 'host' && value !== '')
			.map(([, [name, value]]): [string, string] => [name, value]),
		...request.headers.filter(([name]) => {
			const known = name.toLowerCase();
			return known !== 'host' && !own.has(known) && !ofConnection.has(known);
		}),
		['Connection', 'close'],
	];
	const upstream = `upstream: "${url.scheme}://${address}:${port}${path}"`;
	let connection: Connection | undefined;
	try {
		connection = await process.network.connect(address, Number(port));
		await writeRequest(connection, { method: request.method, target: path, headers, body: request.body });
		const answer = await new HttpReader(connection).response(request.method);
		const kept = answer.headers.filter(
			([name]) => !ofConnection.has(name.toLowerCase()) || name.toLowerCase() === 'date',
		);
		const body = answer.body && closingAfter(answer.body as AsyncIterable<Uint8Array>, connection);
		if (!body) connection.close();
		if (body && header(kept, 'content-length') === '0') connection.close();
		return { status: answer.status, headers: kept.filter(([name]) => name.toLowerCase() !== 'date'), body };
	} catch (error) {
		connection?.destroy();
		if (error instanceof HttpError)
			return fail(
				`upstream prematurely closed connection while reading response header from upstream, ${upstream}`,
			);
		if (!(error instanceof SystemError)) throw error;
		const call = connection ? 'recv()' : 'connect()';
		return fail(
			`${call} failed (${numbers[error.code] ?? 5}: ${error.message}) while connecting to upstream, ${upstream}`,
		);
	}
}
