// httpd's error log and the formats of its access log (mod_log_config).
import { type HttpRequest, header } from '../../network/http.ts';
import type { Connection } from '../../network/network.ts';
import type { Process } from '../../runtime/process.ts';
import { strftime } from '../../runtime/programs/dates.ts';

/** `source` is module and level, as `core:error`. */
export function errorLine(process: Process, source: string, message: string): string {
	const at = process.clock.now();
	const time = `${strftime('%a %b %d %H:%M:%S', at)}.${strftime('%3N', at)}000 ${strftime('%Y', at)}`;
	return `[${time}] [${source}] [pid ${process.pid}:tid ${process.pid}] ${message}\n`;
}

export interface Served {
	process: Process;
	request: HttpRequest;
	connection: Connection;
	status: number;
	bytes: number;
}

/** One line of the access log in a format as `%h %l %u %t "%r" %>s %b`. */
export function accessLine(format: string, { process, request, connection, status, bytes }: Served): string {
	const values: Record<string, () => string> = {
		a: () => connection.remoteAddress,
		b: () => (bytes === 0 ? '-' : String(bytes)),
		B: () => String(bytes),
		D: () => '120',
		h: () => connection.remoteAddress,
		H: () => request.version,
		l: () => '-',
		m: () => request.method,
		p: () => String(connection.localPort),
		P: () => String(process.pid),
		q: () => (request.target.includes('?') ? request.target.slice(request.target.indexOf('?')) : ''),
		r: () => `${request.method} ${request.target} ${request.version}`,
		s: () => String(status),
		t: () => strftime('[%d/%b/%Y:%H:%M:%S +0000]', process.clock.now()),
		T: () => '0',
		u: () => '-',
		U: () => request.target.split('?')[0],
		v: () => process.hostname,
	};
	return format.replace(/%[<>]?(?:\{([^}]*)\}([ioe])|([a-zA-Z%]))/g, (whole, name: string, kind, letter) => {
		if (kind === 'i') return header(request.headers, name.toLowerCase()) ?? '-';
		if (kind) return '-';
		if (letter === '%') return '%';
		return Object.hasOwn(values, letter) ? values[letter]() : whole;
	});
}
