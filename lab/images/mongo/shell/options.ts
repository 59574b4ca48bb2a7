// The command line of mongosh and mongo (mongosh Options).

export interface ShellOptions {
	/** A connection string, `host/database` or a database. */
	address?: string;
	host?: string;
	port?: string;
	/** What --eval gives, in order. */
	evaluate: string[];
	files: string[];
	quiet: boolean;
	/** Stay after --eval or the files. */
	shell: boolean;
	norc: boolean;
	json: boolean;
	version: boolean;
	help: boolean;
}

export class ShellOptionsError extends Error {}

const values = new Set([
	'host',
	'port',
	'eval',
	'username',
	'u',
	'password',
	'p',
	'authenticationDatabase',
	'file',
	'f',
]);
const flags = new Set([
	'quiet',
	'shell',
	'nodb',
	'norc',
	'json',
	'version',
	'help',
	'h',
	'verbose',
	'ssl',
	'tls',
	'ipv6',
	'disableImplicitSessions',
]);

/** Reads the arguments; throws ShellOptionsError. */
export function readOptions(args: readonly string[]): ShellOptions {
	const given = new Map<string, string[]>();
	const operands: string[] = [];
	for (let at = 0; at < args.length; at++) {
		const [, dashes, name, attached] = /^(--?)([^=]+)(?:=(.*))?$/s.exec(args[at]) ?? [];
		if (!dashes) {
			operands.push(args[at]);
			continue;
		}
		if (!values.has(name) && !flags.has(name))
			throw new ShellOptionsError(`Error parsing command line: unrecognized option: ${dashes}${name}`);
		let value = attached;
		if (value === undefined && values.has(name)) {
			value = args[++at];
			if (value === undefined)
				throw new ShellOptionsError(`Error parsing command line: option ${dashes}${name} needs a value`);
		}
		given.set(name, [...(given.get(name) ?? []), value ?? '']);
	}
	const isFile = (operand: string) => /\.(js|mongodb)$/.test(operand);
	return {
		address: operands.find((operand) => !isFile(operand)),
		host: given.get('host')?.at(-1),
		port: given.get('port')?.at(-1),
		evaluate: given.get('eval') ?? [],
		files: [...operands.filter(isFile), ...(given.get('file') ?? []), ...(given.get('f') ?? [])],
		quiet: given.has('quiet'),
		shell: given.has('shell'),
		norc: given.has('norc'),
		json: given.has('json'),
		version: given.has('version'),
		help: given.has('help') || given.has('h'),
	};
}
