// What an agent is told: by flags, by files and directories of JSON or HCL, and by default
// (developer.hashicorp.com/consul/docs/agent/config).
import type { FileSystem } from '../../../runtime/files.ts';
import { parseHcl } from './hcl.ts';
import { type Level, levels } from './log.ts';

export interface Configuration {
	server: boolean;
	development: boolean;
	bootstrap: boolean;
	bootstrapExpect: number;
	dataDirectory: string;
	datacenter: string;
	nodeName: string;
	nodeId: string;
	nodeMeta: Record<string, string>;
	bindAddress: string;
	advertiseAddress: string;
	clientAddress: string;
	logLevel: Level;
	retryJoin: string[];
	startJoin: string[];
	retryIntervalSeconds: number;
	/** 0 tries for ever. */
	retryMaxAttempts: number;
	leaveOnTerminate: boolean;
	/** Undefined: a server skips it, a client does not. */
	skipLeaveOnInterrupt: boolean | undefined;
	ui: boolean;
	raftMultiplier: number;
	cleanupDeadServers: boolean;
	ports: { http: number; dns: number; server: number; serfLan: number; serfWan: number };
}

/** A configuration that no agent starts with. */
export class ConfigurationError extends Error {}

type Value = string | number | boolean | Value[] | { [key: string]: Value };
/** Gives what a key changes; the configuration as it is so far is for keys that add to it. */
type Setter = (value: Value, name: string, configuration: Configuration) => Partial<Configuration>;

function text(value: Value, name: string): string {
	if (typeof value === 'string') return value;
	if (typeof value === 'number') return String(value);
	throw new ConfigurationError(`'${name}' expected type 'string', got unconvertible type '${kindOf(value)}'`);
}

function whole(value: Value, name: string): number {
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	if (typeof number === 'number' && Number.isInteger(number)) return number;
	throw new ConfigurationError(`'${name}' expected type 'int', got unconvertible type '${kindOf(value)}'`);
}

function flag(value: Value, name: string): boolean {
	if (value === true || value === 'true' || value === '1' || value === 't') return true;
	if (value === false || value === 'false' || value === '0' || value === 'f') return false;
	throw new ConfigurationError(`'${name}' expected type 'bool', got unconvertible type '${kindOf(value)}'`);
}

function list(value: Value, name: string): string[] {
	return (Array.isArray(value) ? value : [value]).map((each) => text(each, name));
}

/** Blocks of HCL come as lists of one. */
function block(value: Value, name: string): { [key: string]: Value } {
	const single = Array.isArray(value) ? value[0] : value;
	if (typeof single === 'object' && !Array.isArray(single)) return single;
	throw new ConfigurationError(`'${name}' expected a map, got '${kindOf(value)}'`);
}

function kindOf(value: Value): string {
	if (Array.isArray(value)) return 'slice';
	return { string: 'string', number: 'float64', boolean: 'bool' }[typeof value as 'string'] ?? 'map';
}

/** A length of time as Go writes it, in seconds. */
function seconds(value: Value, name: string): number {
	const matched = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text(value, name));
	if (!matched) throw new ConfigurationError(`${name}: invalid duration: ${JSON.stringify(value)}`);
	return Number(matched[1]) * { ms: 0.001, s: 1, m: 60, h: 3600 }[matched[2] as 's'];
}

const ports: Record<string, keyof Configuration['ports']> = {
	http: 'http',
	dns: 'dns',
	server: 'server',
	serf_lan: 'serfLan',
	serf_wan: 'serfWan',
};

const unusedPorts = new Set([
	'https',
	'grpc',
	'grpc_tls',
	'sidecar_min_port',
	'sidecar_max_port',
	'expose_min_port',
	'expose_max_port',
]);

/** What is taken and changes nothing here. */
const withoutEffect = new Set(
	`domain alt_domain encrypt encrypt_verify_incoming encrypt_verify_outgoing protocol raft_protocol rejoin rejoin_after_leave log_json log_file log_rotate_bytes
	log_rotate_duration log_rotate_max_files enable_syslog syslog_facility pid_file recursors recursor disable_host_node_id disable_update_check
	disable_anonymous_signature disable_keyring_file enable_script_checks enable_local_script_checks enable_debug acl acl_datacenter
	acl_default_policy connect telemetry dns_config limits tls verify_incoming verify_outgoing verify_server_hostname ca_file cert_file
	key_file primary_datacenter check_update_interval session_ttl_min translate_wan_addrs default_query_time max_query_time
	non_voting_server read_replica serf_allowed_cidrs_lan serf_allowed_cidrs_wan retry_join_wan start_join_wan retry_interval_wan
	retry_max_wan advertise_wan advertise_addr_wan ui_dir http_config auto_encrypt config_entries experiments reporting raft_logstore
	raft_prevote_disabled segment partition use_streaming_backend services service checks check watches cloud config_format
	allow_write_http_from default_query_time disable_remote_exec enable_central_service_config reconnect_timeout grpc_port
	grpc_tls_port https_port raft_snapshot_threshold raft_snapshot_interval raft_trailing_logs tagged_addresses addresses`.split(
		/\s+/,
	),
);

const keys: Record<string, Setter> = {
	server: (value, name) => ({ server: flag(value, name) }),
	bootstrap: (value, name) => ({ bootstrap: flag(value, name) }),
	bootstrap_expect: (value, name) => ({ bootstrapExpect: whole(value, name) }),
	data_dir: (value, name) => ({ dataDirectory: text(value, name) }),
	datacenter: (value, name) => ({ datacenter: text(value, name).toLowerCase() }),
	node_name: (value, name) => ({ nodeName: text(value, name) }),
	node_id: (value, name) => ({ nodeId: text(value, name).toLowerCase() }),
	node_meta(value, name, { nodeMeta }) {
		const given = Object.entries(block(value, name)).map(([key, each]) => [key, text(each, name)]);
		return { nodeMeta: { ...nodeMeta, ...Object.fromEntries(given) } };
	},
	bind_addr: (value, name) => ({ bindAddress: text(value, name) }),
	advertise_addr: (value, name) => ({ advertiseAddress: text(value, name) }),
	client_addr: (value, name) => ({ clientAddress: text(value, name) }),
	log_level(value, name) {
		const given = text(value, name);
		const logLevel = levels.find((each) => each === given.toLowerCase());
		if (logLevel) return { logLevel };
		throw new ConfigurationError(
			`Invalid log level: ${given}. Valid log levels are: [TRACE DEBUG INFO WARN ERROR]`,
		);
	},
	retry_join: (value, name, { retryJoin }) => ({ retryJoin: [...retryJoin, ...list(value, name)] }),
	start_join: (value, name, { startJoin }) => ({ startJoin: [...startJoin, ...list(value, name)] }),
	retry_interval: (value, name) => ({ retryIntervalSeconds: seconds(value, name) }),
	retry_max: (value, name) => ({ retryMaxAttempts: whole(value, name) }),
	leave_on_terminate: (value, name) => ({ leaveOnTerminate: flag(value, name) }),
	skip_leave_on_interrupt: (value, name) => ({ skipLeaveOnInterrupt: flag(value, name) }),
	ui: (value, name) => ({ ui: flag(value, name) }),
	ui_config(value, name, { ui }) {
		const { enabled = ui } = block(value, name);
		return { ui: flag(enabled, 'ui_config.enabled') };
	},
	performance(value, name, configuration) {
		const { raft_multiplier: given = configuration.raftMultiplier } = block(value, name);
		const raftMultiplier = whole(given, 'performance.raft_multiplier');
		if (raftMultiplier >= 1 && raftMultiplier <= 10) return { raftMultiplier };
		throw new ConfigurationError(
			`performance.raft_multiplier cannot be ${raftMultiplier}. Must be between 1 and 10`,
		);
	},
	autopilot(value, name, configuration) {
		const { cleanup_dead_servers: given = configuration.cleanupDeadServers } = block(value, name);
		return { cleanupDeadServers: flag(given, 'autopilot.cleanup_dead_servers') };
	},
	ports(value, name, configuration) {
		const given = { ...configuration.ports };
		for (const [key, port] of Object.entries(block(value, name))) {
			const known = Object.hasOwn(ports, key) ? ports[key] : undefined;
			if (known) given[known] = whole(port, `ports.${key}`);
			else if (!unusedPorts.has(key)) throw new ConfigurationError(`invalid config key ports.${key}`);
		}
		return { ports: given };
	},
};

/** Flags that have another name than the key of a file. */
const flagKeys: Readonly<Record<string, string>> = {
	advertise: 'advertise_addr',
	bind: 'bind_addr',
	client: 'client_addr',
	node: 'node_name',
	join: 'start_join',
};
const flagPorts: Record<string, string> = {
	'http-port': 'http',
	'dns-port': 'dns',
	'server-port': 'server',
	'serf-lan-port': 'serf_lan',
	'serf-wan-port': 'serf_wan',
};
/** Flags that need no value. */
const switches = new Set(
	'server bootstrap dev ui rejoin disable-host-node-id disable-keyring-file enable-script-checks enable-local-script-checks log-json syslog non-voting-server read-replica'.split(
		' ',
	),
);

function defaults(hostname: string): Configuration {
	return {
		server: false,
		development: false,
		bootstrap: false,
		bootstrapExpect: 0,
		dataDirectory: '',
		datacenter: 'dc1',
		nodeName: hostname,
		nodeId: '',
		nodeMeta: {},
		bindAddress: '0.0.0.0',
		advertiseAddress: '',
		clientAddress: '127.0.0.1',
		logLevel: 'info',
		retryJoin: [],
		startJoin: [],
		retryIntervalSeconds: 30,
		retryMaxAttempts: 0,
		leaveOnTerminate: false,
		skipLeaveOnInterrupt: undefined,
		ui: false,
		raftMultiplier: 5,
		cleanupDeadServers: true,
		ports: { http: 8500, dns: 8600, server: 8300, serfLan: 8301, serfWan: 8302 },
	};
}

function set(configuration: Configuration, key: string, value: Value): void {
	const setter = Object.hasOwn(keys, key) ? keys[key] : undefined;
	if (setter) Object.assign(configuration, setter(value, key, configuration));
	else if (!withoutEffect.has(key)) throw new ConfigurationError(`invalid config key ${key}`);
}

function readFile(files: FileSystem, path: string, configuration: Configuration): void {
	const content = files.readText(path);
	try {
		const values = path.endsWith('.json') ? (JSON.parse(content) as Value) : parseHcl(content);
		for (const [key, value] of Object.entries(block(values, path))) set(configuration, key, value);
	} catch (error) {
		throw new ConfigurationError(`failed to parse ${path}: ${(error as Error).message}`);
	}
}

/** A file, or those of a directory in the order of their names. */
function readPath(files: FileSystem, path: string, configuration: Configuration): void {
	if (!files.exists(path))
		throw new ConfigurationError(`config: Open failed on ${path}. open ${path}: no such file or directory`);
	if (files.status(path).kind !== 'directory') {
		readFile(files, path, configuration);
		return;
	}
	for (const name of [...files.list(path)].sort())
		if (/\.(json|hcl)$/.test(name)) readFile(files, `${path}/${name}`, configuration);
}

/** Reads `-name=value`, `-name value` and `-switch`. Throws ConfigurationError. */
export function parseFlags(args: readonly string[]): [name: string, value: string][] {
	const given: [string, string][] = [];
	for (let at = 0; at < args.length; at++) {
		const [, name, attached] = /^--?([^=]+)(?:=(.*))?$/s.exec(args[at]) ?? [];
		if (name === undefined)
			throw new ConfigurationError(`Unexpected extra arguments: [${args.slice(at).join(' ')}]`);
		const value = attached ?? (switches.has(name) ? 'true' : args[++at]);
		if (value === undefined) throw new ConfigurationError(`flag needs an argument: -${name}`);
		given.push([name, value]);
	}
	return given;
}

/** Flags count more than files. Throws ConfigurationError in Consul's words. */
export function readConfiguration(
	args: readonly string[],
	{ files, hostname }: { files: FileSystem; hostname: string },
): Configuration {
	const configuration = defaults(hostname);
	const given = parseFlags(args);
	for (const [name, path] of given)
		if (name === 'config-dir' || name === 'config-file') readPath(files, path, configuration);
	for (const [name, value] of given) {
		if (name === 'config-dir' || name === 'config-file' || name === 'config-format') continue;
		if (name === 'dev') {
			configuration.development = flag(value, name);
			Object.assign(configuration, {
				server: true,
				bootstrap: true,
				ui: true,
				raftMultiplier: 1,
				logLevel: 'debug',
			});
		} else if (name === 'hcl') {
			for (const [key, each] of Object.entries(parseHcl(value))) set(configuration, key, each);
		} else if (name === 'node-meta') {
			const [key, ...rest] = value.split(':');
			configuration.nodeMeta[key] = rest.join(':');
		} else if (Object.hasOwn(flagPorts, name)) set(configuration, 'ports', { [flagPorts[name]]: value });
		else {
			const key = flagKeys[name] ?? name.replaceAll('-', '_');
			if (!Object.hasOwn(keys, key) && !withoutEffect.has(key))
				throw new ConfigurationError(`flag provided but not defined: -${name}`);
			set(configuration, key, value);
		}
	}
	check(configuration);
	return configuration;
}

function check(configuration: Configuration): void {
	const { server, development, dataDirectory, bootstrap, bootstrapExpect, nodeName, datacenter } =
		configuration;
	if (!/^[a-z0-9_-]+$/.test(datacenter))
		throw new ConfigurationError('datacenter can only contain lowercase alphanumeric, - or _ characters.');
	if (dataDirectory === '' && !development) throw new ConfigurationError('data_dir cannot be empty');
	if (nodeName === '') throw new ConfigurationError('node_name cannot be empty');
	if (bootstrapExpect < 0)
		throw new ConfigurationError(
			`bootstrap_expect cannot be ${bootstrapExpect}. Must be greater than or equal to zero`,
		);
	if (bootstrapExpect > 0 && !server) throw new ConfigurationError('bootstrap_expect requires server mode');
	if (bootstrap && !server) throw new ConfigurationError('bootstrap requires server mode');
	if (bootstrapExpect > 0 && bootstrap && !development)
		throw new ConfigurationError("'bootstrap_expect > 0' and 'bootstrap = true' are mutually exclusive");
}

/** As Go prints the address that the HTTP server listens on. */
export function listenAddress({ clientAddress }: Configuration): string {
	return clientAddress === '0.0.0.0' ? '[::]' : clientAddress;
}
