// What curl says of a transfer: its state, the progress meter, and the text of -w.
import type { Connection } from '../../network/network.ts';
import type { HttpUrl, ReceivedResponse } from './http-client.ts';
import type { Options } from './options.ts';
import type { Call } from './tool.ts';

/** A transfer that failed: curl's exit code and words. */
export class TransferError extends Error {
	readonly code: number;
	constructor(code: number, message: string) {
		super(message);
		this.code = code;
	}
}

export interface Transfer {
	readonly call: Call;
	readonly options: Options;
	readonly startedAt: number;
	url: HttpUrl;
	urlText: string;
	status: number;
	received: number;
	uploaded: number;
	redirects: number;
	contentType: string;
	connection?: Connection;
	redirectUrl: string;
	errorMessage: string;
	exitCode: number;
}

export function headOf({ version, status, reason, headers }: ReceivedResponse): string[] {
	return [`${version} ${status} ${reason}`, ...headers.map(([name, value]) => `${name}: ${value}`)];
}

export const meterHead = `  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current
                                 Dload  Upload   Total   Spent    Left  Speed
`;

export function meter(bytes: number, total: number, ms: number): string {
	const speed = ms > 0 ? Math.round((bytes / ms) * 1000) : bytes * 1000;
	const short = (value: number) =>
		value < 100_000
			? String(value)
			: value < 10_240_000
				? `${Math.floor(value / 1024)}k`
				: `${Math.floor(value / 1048576)}M`;
	const percent = total > 0 ? 100 : 0;
	const cell = (value: number) => short(value).padStart(5);
	return `\r${String(percent).padStart(3)} ${cell(total)}  ${String(percent).padStart(3)} ${cell(bytes)}    0     0  ${cell(speed)}      0 --:--:-- --:--:-- --:--:-- ${cell(speed)}`;
}

export function writeOut(transfer: Transfer, format: string): string {
	const { call, connection, url } = transfer;
	const seconds = ((call.process.clock.now() - transfer.startedAt) / 1000).toFixed(6);
	const values: Record<string, string> = {
		http_code: String(transfer.status).padStart(3, '0'),
		response_code: String(transfer.status).padStart(3, '0'),
		content_type: transfer.contentType,
		size_download: String(transfer.received),
		size_upload: String(transfer.uploaded),
		time_total: seconds,
		time_connect: seconds,
		time_starttransfer: seconds,
		time_namelookup: seconds,
		time_pretransfer: seconds,
		url_effective: transfer.urlText,
		url: transfer.urlText,
		remote_ip: connection?.remoteAddress ?? '',
		remote_port: String(connection?.remotePort ?? 0),
		local_ip: connection?.localAddress ?? '',
		local_port: String(connection?.localPort ?? 0),
		num_redirects: String(transfer.redirects),
		redirect_url: transfer.redirectUrl,
		exitcode: String(transfer.exitCode),
		errormsg: transfer.errorMessage,
		scheme: url.scheme,
		http_version: '1.1',
		method: transfer.options.value('X') ?? 'GET',
		speed_download: String(transfer.received),
		num_connects: '1',
	};
	return format
		.replace(
			/\\([nrt\\])/g,
			(_, letter: string) => ({ n: '\n', r: '\r', t: '\t', '\\': '\\' })[letter] ?? letter,
		)
		.replace(/%\{([^}]+)\}|%%/g, (whole, name: string) =>
			whole === '%%' ? '%' : Object.hasOwn(values, name) ? values[name] : '',
		);
}
