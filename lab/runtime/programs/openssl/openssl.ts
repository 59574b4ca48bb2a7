// OpenSSL's command: what certificates say, digests, random bytes, base64, and who answers by TLS. It makes no keys
// and signs nothing: a lab's certificates come from its API server.
import { encodeBase64 } from '../../../base64.ts';
import { base64, sumOf } from '../checksums.ts';
import { createMd5, createSha1, createSha256 } from '../digests.ts';
import { type Call, type Tool, ToolFailure } from '../tool.ts';
import { hexadecimal } from './certificate.ts';
import { connect } from './s-client.ts';
import { x509 } from './x509.ts';

const release = 'OpenSSL 3.0.17 1 Jul 2025';

/** Fails in the words of a subcommand. */
const unknownOption = (command: string, option: string) =>
	new ToolFailure(`${command}: Unknown option: ${option}\n${command}: Use -help for summary.`, 1, true);

async function rand(call: Call, args: readonly string[]): Promise<number> {
	let format: string | undefined;
	let count: number | undefined;
	for (const arg of args) {
		if (arg === '-hex' || arg === '-base64') format = arg;
		else if (/^\d+$/.test(arg) && count === undefined) count = Number(arg);
		else if (arg.startsWith('-')) throw unknownOption('rand', arg);
		else throw new ToolFailure('rand: Use -help for summary.', 1, true);
	}
	if (count === undefined) throw new ToolFailure('rand: Use -help for summary.', 1, true);
	/** Of three bytes, so that the parts of their base64 can be put together. */
	const part = 3 * 1024;
	let line = '';
	for (let left = count; left > 0; left -= part) {
		const wait = call.process.step(Math.ceil(part / 64));
		if (wait) await wait;
		const bytes = Uint8Array.from({ length: Math.min(left, part) }, () =>
			Math.floor(call.process.random() * 256),
		);
		if (format === undefined) await call.print(bytes);
		else if (format === '-hex') await call.print(hexadecimal(bytes));
		else {
			line += encodeBase64(bytes);
			for (; line.length > 64; line = line.slice(64)) await call.print(`${line.slice(0, 64)}\n`);
		}
	}
	if (format) await call.print(`${line}\n`);
	return 0;
}

const digests: Readonly<Record<string, { create: typeof createMd5; name: string }>> = {
	md5: { create: createMd5, name: 'MD5' },
	sha1: { create: createSha1, name: 'SHA1' },
	sha256: { create: createSha256, name: 'SHA2-256' },
};

async function digest(call: Call, command: string, args: readonly string[]): Promise<number> {
	let kind = command === 'dgst' ? 'sha256' : command;
	let bare = false;
	const files: string[] = [];
	for (const arg of args) {
		if (Object.hasOwn(digests, arg.slice(1)) && arg.startsWith('-')) kind = arg.slice(1);
		else if (arg === '-r') bare = true;
		else if (arg === '-hex') continue;
		else if (arg.startsWith('-')) throw unknownOption(command, arg);
		else files.push(arg);
	}
	const { create, name } = digests[kind];
	for (const file of files.length > 0 ? files : ['-']) {
		const sum = await sumOf(call, file, create);
		const shown = file === '-' ? 'stdin' : file;
		await call.print(bare ? `${sum} *${shown}\n` : `${name}(${shown})= ${sum}\n`);
	}
	return 0;
}

async function encode(call: Call, args: readonly string[]): Promise<number> {
	const passed: string[] = [];
	let width = ['-w', '64'];
	for (let at = 0; at < args.length; at++) {
		const arg = args[at];
		if (arg === '-d') passed.push('-d');
		else if (arg === '-A') width = ['-w', '0'];
		else if (arg === '-in') passed.push(args[++at] ?? '-');
		else if (arg !== '-e' && arg !== '-base64' && arg !== '-a') throw unknownOption('enc', arg);
	}
	const encoding = call.withArguments([...width, ...passed]);
	const code = await base64.run(encoding);
	await encoding.flush();
	return code;
}

/** What makes or needs private keys. */
const keyCommands = new Set(
	'ca dhparam ec ecparam gendsa genpkey genrsa pkcs12 pkcs8 pkey pkeyutl req rsa rsautl s_server smime'.split(
		' ',
	),
);

export const openssl: Tool = {
	name: 'openssl',
	async run(call) {
		const [command, ...args] = call.args;
		switch (command) {
			case undefined:
				throw new ToolFailure(
					'openssl: name a command: version, rand, dgst, base64, x509, s_client',
					1,
					true,
				);
			case 'version':
				await call.print(`${release} (Library: ${release})\n`);
				return 0;
			case 'rand':
				return rand(call, args);
			case 'dgst':
			case 'md5':
			case 'sha1':
			case 'sha256':
				return digest(call, command, args);
			case 'base64':
				return encode(call, args);
			case 'enc': {
				if (!args.includes('-base64') && !args.includes('-a'))
					throw new ToolFailure('enc: the lab encodes by -base64 only, and has no ciphers', 1, true);
				return encode(call, args);
			}
			case 'x509':
				return x509(call, args);
			case 's_client':
				return connect(call, args);
		}
		if (keyCommands.has(command))
			throw new ToolFailure(
				`${command}: the lab's openssl has no keys: ask the API server for a certificate by a CertificateSigningRequest`,
				1,
				true,
			);
		throw new ToolFailure(`Invalid command '${command}'; type "help" for a list.`, 1, true);
	},
};
