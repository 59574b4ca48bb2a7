// One request on its way through nginx: what its variables are, and what is logged of it.
import { type HttpRequest, header } from '../../network/http.ts';
import type { Connection } from '../../network/network.ts';
import type { Process } from '../../runtime/process.ts';
import { strftime } from '../../runtime/programs/dates.ts';
import type { Server } from './configuration.ts';

export interface Exchange {
	readonly process: Process;
	readonly connection: Connection;
	/** The connection's number, as `*1` in the error log. */
	readonly number: number;
	readonly request: HttpRequest;
	readonly server: Server;
	/** Decoded and normalised. */
	path: string;
	query: string;
	status: number;
	bodyBytes: number;
}

export function requestLine({ request: { method, target, version } }: Exchange): string {
	return `${method} ${target} ${version}`;
}

/** The name that the client asked for, without a port; else the server's. */
export function hostOf(exchange: Exchange): string {
	const host = header(exchange.request.headers, 'host');
	return host?.replace(/:\d+$/, '').toLowerCase() || exchange.server.names[0] || '';
}

function variable(exchange: Exchange, name: string): string | undefined {
	const { request, connection, process } = exchange;
	const [, field] = /^http_(.+)$/.exec(name) ?? [];
	if (field) return header(request.headers, field.replaceAll('_', '-'));
	switch (name) {
		case 'args':
		case 'query_string':
			return exchange.query;
		case 'is_args':
			return exchange.query ? '?' : '';
		case 'body_bytes_sent':
			return String(exchange.bodyBytes);
		case 'content_length':
			return header(request.headers, 'content-length');
		case 'content_type':
			return header(request.headers, 'content-type');
		case 'host':
			return hostOf(exchange);
		case 'hostname':
			return process.hostname;
		case 'msec':
			return (process.clock.now() / 1000).toFixed(3);
		case 'pid':
			return String(process.pid);
		case 'proxy_add_x_forwarded_for': {
			const before = header(request.headers, 'x-forwarded-for');
			return before ? `${before}, ${connection.remoteAddress}` : connection.remoteAddress;
		}
		case 'remote_addr':
			return connection.remoteAddress;
		case 'remote_port':
			return String(connection.remotePort);
		case 'request':
			return requestLine(exchange);
		case 'request_method':
			return request.method;
		case 'request_time':
			return '0.000';
		case 'request_uri':
			return request.target;
		case 'scheme':
			return 'http';
		case 'server_addr':
			return connection.localAddress;
		case 'server_name':
			return exchange.server.names[0] ?? '';
		case 'server_port':
			return String(connection.localPort);
		case 'server_protocol':
			return request.version;
		case 'status':
			return String(exchange.status);
		case 'time_iso8601':
			return strftime('%Y-%m-%dT%H:%M:%S+00:00', process.clock.now());
		case 'time_local':
			return strftime('%d/%b/%Y:%H:%M:%S +0000', process.clock.now());
		case 'document_uri':
		case 'uri':
			return exchange.path;
		default:
			return undefined;
	}
}

/** Puts variables into a text; one without a value becomes `missing`. */
export function expand(text: string, exchange: Exchange, missing = ''): string {
	return text.replace(/\$(?:(\w+)|\{(\w+)\})/g, (_, name: string, braced: string) => {
		const value = variable(exchange, name ?? braced);
		return value === undefined || value === '' ? missing : value;
	});
}
