// `openssl s_client`: shows who answers by TLS and whether that holds, then carries what is typed and what comes.
import { type Certificate, faultOf } from '../../../network/certificates.ts';
import type { Connection } from '../../../network/network.ts';
import { connectTls, TlsError } from '../../../network/tls.ts';
import { SystemError } from '../../process.ts';
import { connectFirst, resolveHost, trustedAuthorities, UnknownHost } from '../http-client.ts';
import { type Call, ToolFailure } from '../tool.ts';
import { certificateTime } from './certificate.ts';

const failure = (...lines: string[]) => new ToolFailure(lines.join('\n'), 1, true);
const errorNumbers: Readonly<Record<string, number>> = {
	ECONNREFUSED: 111,
	ECONNRESET: 104,
	EHOSTUNREACH: 113,
	ENETUNREACH: 101,
	ETIMEDOUT: 110,
};
/** What verifying says, by number (openssl-verification-options). */
const verdicts = {
	'unknown issuer': [21, 'unable to verify the first certificate'],
	'not yet valid': [9, 'certificate is not yet valid'],
	expired: [10, 'certificate has expired'],
	'other name': [62, 'hostname mismatch'],
} as const;

interface Options {
	host: string;
	port: number;
	/** The name that the server is asked for, and that its certificate is held against if `verifies` says so. */
	name: string;
	verifies: boolean;
	trusted: string;
	quiet: boolean;
}

function options(call: Call, args: readonly string[]): Options {
	let target = '';
	let name: string | undefined;
	let verifies = false;
	let trusted = trustedAuthorities(call.process);
	let quiet = false;
	for (let at = 0; at < args.length; at++) {
		const arg = args[at];
		if (arg === '-connect') target = args[++at] ?? '';
		else if (arg === '-servername') name = args[++at];
		else if (arg === '-verify_hostname') {
			name = args[++at];
			verifies = true;
		} else if (arg === '-CAfile') trusted = call.process.files.readText(args[++at] ?? '');
		else if (arg === '-quiet') quiet = true;
		else if (arg === '-alpn' || arg === '-verify') at++;
		else if (arg !== '-showcerts' && arg !== '-brief' && arg !== '-ign_eof' && !arg.startsWith('-tls1_'))
			throw failure(`s_client: Unknown option: ${arg}`, 's_client: Use -help for summary.');
	}
	const [, host, port] = /^(?:([^:]*):)?([^:]+)$/.exec(target) ?? [];
	if (!port || !/^\d+$/.test(port)) throw failure(`s_client: -connect needs HOST:PORT, not '${target}'`);
	return {
		host: host || 'localhost',
		port: Number(port),
		name: name ?? (host || 'localhost'),
		verifies,
		trusted,
		quiet,
	};
}

async function open(call: Call, { host, port }: Options): Promise<Connection> {
	try {
		return await connectFirst(call.process, await resolveHost(call.process, host), port);
	} catch (error) {
		if (error instanceof UnknownHost)
			throw failure(
				'error:10080002:BIO routines:BIO_lookup_ex:system lib:Name or service not known',
				'connect:errno=22',
			);
		if (!(error instanceof SystemError)) throw error;
		throw failure(
			`error:80000000:system library:BIO_connect:${error.message}:calling connect()`,
			`connect:errno=${errorNumbers[error.code] ?? 0}`,
		);
	}
}

/** The number and the words of what is wrong with it; 0 where it holds. */
function verdictOn(
	call: Call,
	certificate: Certificate,
	{ name, verifies, trusted }: Options,
): readonly [number, string] {
	const fault = faultOf(certificate, { name, trusted, now: call.process.clock.now() });
	return fault === undefined || (fault === 'other name' && !verifies) ? [0, 'ok'] : verdicts[fault];
}

async function show(
	call: Call,
	certificate: Certificate,
	[code, verdict]: readonly [number, string],
): Promise<void> {
	const { subject, issuer, notBefore, notAfter, names } = certificate;
	const dates = `NotBefore: ${certificateTime(notBefore)}; NotAfter: ${certificateTime(notAfter)}`;
	await call.print(
		[
			'---',
			'Certificate chain',
			` 0 s:CN = ${subject}`,
			`   i:CN = ${issuer}`,
			`   v:${dates}`,
			'---',
			'Server certificate',
			`subject=CN = ${subject}`,
			`issuer=CN = ${issuer}`,
			`X509v3 Subject Alternative Name: ${names.map((name) => (/^[\d.]+$/.test(name) ? `IP Address:${name}` : `DNS:${name}`)).join(', ')}`,
			'---',
			`Verification${code === 0 ? ': OK' : ` error: ${verdict}`}`,
			'---',
			'New, TLSv1.3, Cipher is TLS_AES_256_GCM_SHA384',
			`Verify return code: ${code} (${verdict})`,
			'---',
			'',
		].join('\n'),
	);
	await call.flush();
}

/** Carries standard input there and what comes to standard output, until one of them ends. */
async function converse(call: Call, connection: Connection): Promise<void> {
	const { process } = call;
	const arriving = (async () => {
		for (;;) {
			const data = await connection.read();
			if (data.length === 0) return 'closed';
			await process.write(1, data);
		}
	})();
	const typed = (async () => {
		const input = process.file(0);
		for (;;) {
			const data = await input.read(65536, process);
			if (data.length === 0) return 'DONE';
			await connection.write(data);
		}
	})();
	try {
		await process.write(2, `${await Promise.race([arriving, typed])}\n`);
	} catch (error) {
		if (!(error instanceof SystemError)) throw error;
		await process.write(2, `read:errno=${errorNumbers[error.code] ?? 0}\n`);
	} finally {
		// What still waits for the other side is over with the process.
		arriving.catch(() => {});
		typed.catch(() => {});
		connection.close();
	}
}

export async function connect(call: Call, args: readonly string[]): Promise<number> {
	const chosen = options(call, args);
	const plain = await open(call, chosen);
	if (!chosen.quiet) await call.print('CONNECTED(00000003)\n');
	try {
		const { connection, certificate } = await connectTls(plain, {
			name: chosen.name,
			trusted: undefined,
			now: call.process.clock.now(),
		});
		const verdict = verdictOn(call, certificate, chosen);
		const said = verdict[0] === 0 ? '' : `verify error:num=${verdict[0]}:${verdict[1]}\n`;
		await call.process.write(2, `depth=0 CN = ${certificate.subject}\n${said}verify return:1\n`);
		if (!chosen.quiet) await show(call, certificate, verdict);
		await converse(call, connection);
		return 0;
	} catch (error) {
		if (!(error instanceof TlsError)) throw error;
		await call.flush();
		const code = error.fault === 'wrong version number' ? '0A00010B' : '0A000126';
		throw failure(`error:${code}:SSL routines:${error.fault}`, '---', 'no peer certificate available', '---');
	}
}
