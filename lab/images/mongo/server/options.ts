// mongod's command line and its configuration file (MongoDB manual, mongod and Configuration File Options).
import { type Process, SystemError } from '../../../runtime/process.ts';
import { parseYaml, YamlError } from '../../../schema/yaml.ts';

export interface Settings {
	port: number;
	/** The addresses to listen on; 0.0.0.0 for all. */
	bindAddresses: string[];
	dbPath: string;
	/** The replica set's name; undefined for a standalone. */
	replSet?: string;
	logPath?: string;
	fork: boolean;
	/** What the log says was given, nested as in the file. */
	given: Record<string, unknown>;
}

/** A wrong command line or file, as mongod says it; it ends with code 2. */
export class OptionsError extends Error {}

/** Option → its name in the configuration file. Those that `flags` lists take no value. */
const names: Readonly<Record<string, string>> = {
	auth: 'security.authorization',
	bind_ip: 'net.bindIp',
	bind_ip_all: 'net.bindIpAll',
	dbpath: 'storage.dbPath',
	directoryperdb: 'storage.directoryPerDB',
	fork: 'processManagement.fork',
	journal: 'storage.journal.enabled',
	keyFile: 'security.keyFile',
	logappend: 'systemLog.logAppend',
	logpath: 'systemLog.path',
	noauth: 'security.authorization',
	nojournal: 'storage.journal.enabled',
	noprealloc: 'storage.mmapv1.preallocDataFiles',
	oplogSize: 'replication.oplogSizeMB',
	pidfilepath: 'processManagement.pidFilePath',
	port: 'net.port',
	quiet: 'systemLog.quiet',
	replSet: 'replication.replSet',
	smallfiles: 'storage.mmapv1.smallFiles',
	storageEngine: 'storage.engine',
	tlsMode: 'net.tls.mode',
	verbose: 'systemLog.verbosity',
	wiredTigerCacheSizeGB: 'storage.wiredTiger.engineConfig.cacheSizeGB',
};
const flags = new Set([
	'auth',
	'bind_ip_all',
	'directoryperdb',
	'fork',
	'journal',
	'logappend',
	'noauth',
	'nojournal',
	'noprealloc',
	'quiet',
	'smallfiles',
	'verbose',
]);
/** Options that came or went with a version: the first and the last major version that has them. */
const versions: Readonly<Record<string, [number, number]>> = {
	bind_ip_all: [3.6, Number.POSITIVE_INFINITY],
	journal: [0, 6.0],
	nojournal: [0, 6.0],
	noprealloc: [0, 4.0],
	smallfiles: [0, 4.0],
};

function parseArguments(args: readonly string[], line: number): Map<string, string | true> {
	const found = new Map<string, string | true>();
	for (let at = 0; at < args.length; at++) {
		const [, text, attached] = /^(--?[^=]+)(?:=(.*))?$/s.exec(args[at]) ?? [];
		if (!text)
			throw new OptionsError(
				`Error parsing command line: too many positional options have been specified on the command line`,
			);
		const name = text === '-f' ? 'config' : text === '-v' ? 'verbose' : text.replace(/^--/, '');
		const [first, last] = versions[name] ?? [0, Number.POSITIVE_INFINITY];
		const known = name === 'config' || (Object.hasOwn(names, name) && line >= first && line <= last);
		if (!known || (text.startsWith('-') && !text.startsWith('--') && text.length > 2))
			throw new OptionsError(`Error parsing command line: unrecognised option '${text}'`);
		if (flags.has(name)) found.set(name, true);
		else {
			const value = attached ?? args[++at];
			if (value === undefined || (attached === undefined && value.startsWith('--')))
				throw new OptionsError(
					`Error parsing command line: the required argument for option '${text}' is missing`,
				);
			found.set(name, value);
		}
	}
	return found;
}

/** The settings of a configuration file by their dotted names. */
function readFile(process: Process, path: string): Map<string, unknown> {
	let text: string;
	try {
		text = process.files.readText(path);
	} catch (error) {
		if (!(error instanceof SystemError)) throw error;
		throw new OptionsError(`Error opening config file '${path}': ${error.message}`);
	}
	let content: unknown;
	try {
		content = parseYaml(text);
	} catch (error) {
		if (!(error instanceof YamlError)) throw error;
		throw new OptionsError(`Error parsing YAML config file: ${error.message}`);
	}
	const settings = new Map<string, unknown>();
	const collect = (value: unknown, name: string) => {
		if (typeof value !== 'object' || value === null) settings.set(name, value);
		else for (const [key, part] of Object.entries(value)) collect(part, name ? `${name}.${key}` : key);
	};
	if (content !== null && content !== undefined) collect(content, '');
	return settings;
}

/** Puts a dotted name into nested objects. */
function nest(into: Record<string, unknown>, name: string, value: unknown): void {
	const [first, ...rest] = name.split('.');
	if (rest.length === 0) into[first] = value;
	else {
		const part = (into[first] ?? {}) as Record<string, unknown>;
		nest(part, rest.join('.'), value);
		into[first] = part;
	}
}

/** Reads the options of a mongod of a release line (as 4.4); throws OptionsError. */
export function readSettings(process: Process, args: readonly string[], line: number): Settings {
	const options = parseArguments(args, line);
	const file = options.get('config');
	const settings = typeof file === 'string' ? readFile(process, file) : new Map<string, unknown>();
	for (const [name, value] of options) if (name !== 'config') settings.set(names[name], value);
	const given: Record<string, unknown> = {};
	if (file !== undefined) given.config = file;
	for (const [name, value] of settings) nest(given, name, value);
	const text = (name: string) => (settings.has(name) ? String(settings.get(name)) : undefined);
	const port = Number(text('net.port') ?? 27017);
	if (!Number.isInteger(port) || port < 0 || port > 65535)
		throw new OptionsError(`error parsing option "port" as int: Bad digit "${text('net.port')}"`);
	// Since 3.6 mongod listens on localhost only, unless it is told more.
	const standard = line >= 3.6 ? '127.0.0.1' : '0.0.0.0';
	const bound = settings.get('net.bindIpAll') === true ? '0.0.0.0' : (text('net.bindIp') ?? standard);
	return {
		port,
		bindAddresses: bound
			.split(',')
			.map((address) => address.trim())
			.map((address) => (address === '*' || address === '::' ? '0.0.0.0' : address))
			.map((address) => (address === 'localhost' ? '127.0.0.1' : address)),
		dbPath: text('storage.dbPath') ?? '/data/db',
		replSet: text('replication.replSet') ?? text('replication.replSetName'),
		logPath: text('systemLog.path'),
		fork: settings.get('processManagement.fork') === true,
		given,
	};
}
