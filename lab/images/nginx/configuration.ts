// What the directives mean: servers with the addresses they listen on, and locations. A directive outside
// this file's lists is refused as unknown, as it is where nginx was built without its module.
import { RE2JS } from 're2js';
import { ConfigurationError, type Directive } from './syntax.ts';

/** What a location takes over from its server and http blocks. */
export interface Settings {
	root: string;
	alias?: string;
	index: string[];
	autoindex: boolean;
	return?: { status: number; text?: string };
	tryFiles?: string[];
	proxyPass?: string;
	proxyHeaders: [string, string][];
	addHeaders: { name: string; value: string; always: boolean }[];
	errorPages: Map<number, string>;
	defaultType: string;
	types: ReadonlyMap<string, string>;
	/** Path and format; empty where it is off. */
	accessLogs: { path: string; format: string }[];
	denyAll: boolean;
	stubStatus: boolean;
	absoluteRedirect: boolean;
	serverTokens: boolean;
}

export interface Location {
	kind: 'exact' | 'prefix' | 'final prefix' | 'regex';
	path: string;
	regex?: RE2JS;
	settings: Settings;
}

export interface Listen {
	address: string;
	port: number;
	isDefault: boolean;
}

export interface Server {
	names: string[];
	listens: Listen[];
	locations: Location[];
	settings: Settings;
}

export interface Configuration {
	daemon: boolean;
	pidFile: string;
	errorLog: { path: string; level: string };
	workers: number;
	keepAliveSeconds: number;
	servers: Server[];
	upstreams: ReadonlyMap<string, string[]>;
	logFormats: ReadonlyMap<string, string>;
}

/** Directives that change nothing that can be seen in the lab. */
const withoutEffect = new Set(
	`user worker_rlimit_nofile worker_connections multi_accept use worker_cpu_affinity worker_priority thread_pool pcre_jit
	sendfile sendfile_max_chunk tcp_nopush tcp_nodelay aio directio gzip gzip_types gzip_min_length gzip_comp_level gzip_vary gzip_proxied
	gzip_buffers gzip_disable gzip_http_version gzip_static client_max_body_size client_body_buffer_size client_header_buffer_size
	large_client_header_buffers client_body_timeout client_header_timeout send_timeout keepalive_requests reset_timedout_connection
	types_hash_max_size types_hash_bucket_size server_names_hash_bucket_size server_names_hash_max_size variables_hash_max_size
	open_file_cache open_file_cache_valid open_file_cache_min_uses open_file_cache_errors charset charset_types log_not_found
	log_subrequest port_in_redirect server_name_in_redirect expires etag resolver resolver_timeout proxy_http_version proxy_redirect
	proxy_buffering proxy_buffers proxy_buffer_size proxy_connect_timeout proxy_read_timeout proxy_send_timeout proxy_cache
	proxy_next_upstream proxy_request_buffering keepalive_timeout_header worker_shutdown_timeout lingering_close limit_rate
	proxy_busy_buffers_size merge_slashes chunked_transfer_encoding if_modified_since real_ip_header set_real_ip_from real_ip_recursive
	access_log_buffer master_process env worker_processes_affinity proxy_temp_path client_body_temp_path fastcgi_temp_path uwsgi_temp_path scgi_temp_path`.split(
		/\s+/,
	),
);

/** Where each directive that has an effect may stand. */
const contexts: Record<string, readonly string[]> = {
	daemon: ['main'],
	pid: ['main'],
	worker_processes: ['main'],
	events: ['main'],
	http: ['main'],
	error_log: ['main', 'http', 'server', 'location'],
	log_format: ['http'],
	upstream: ['http'],
	server: ['http'],
	types: ['http', 'server', 'location'],
	keepalive_timeout: ['http', 'server', 'location'],
	listen: ['server'],
	server_name: ['server'],
	location: ['server'],
	root: ['http', 'server', 'location'],
	alias: ['location'],
	index: ['http', 'server', 'location'],
	autoindex: ['http', 'server', 'location'],
	autoindex_exact_size: ['http', 'server', 'location'],
	autoindex_localtime: ['http', 'server', 'location'],
	return: ['server', 'location'],
	try_files: ['server', 'location'],
	proxy_pass: ['location'],
	proxy_set_header: ['http', 'server', 'location'],
	add_header: ['http', 'server', 'location'],
	error_page: ['http', 'server', 'location'],
	default_type: ['http', 'server', 'location'],
	access_log: ['http', 'server', 'location'],
	allow: ['http', 'server', 'location'],
	deny: ['http', 'server', 'location'],
	stub_status: ['server', 'location'],
	absolute_redirect: ['http', 'server', 'location'],
	server_tokens: ['http', 'server', 'location'],
	internal: ['location'],
};

/** The number of arguments: at least, at most. */
const counts: Record<string, readonly [number, number]> = {
	daemon: [1, 1],
	pid: [1, 1],
	worker_processes: [1, 1],
	root: [1, 1],
	alias: [1, 1],
	autoindex: [1, 1],
	proxy_pass: [1, 1],
	default_type: [1, 1],
	listen: [1, 99],
	index: [1, 99],
	return: [1, 2],
	location: [1, 2],
	try_files: [2, 99],
	server: [0, 0],
	http: [0, 0],
	events: [0, 0],
	proxy_set_header: [2, 2],
	add_header: [2, 3],
	error_page: [2, 99],
	stub_status: [0, 1],
	upstream: [1, 1],
};
const blocks = new Set(['events', 'http', 'server', 'location', 'types', 'upstream']);

function refuse(directive: Directive, message: string): never {
	throw new ConfigurationError(`${message} in ${directive.file}:${directive.line}`);
}

function check(directive: Directive, context: string): void {
	const { name, args, block } = directive;
	if (withoutEffect.has(name)) return;
	const allowed = Object.hasOwn(contexts, name) ? contexts[name] : undefined;
	if (!allowed) refuse(directive, `unknown directive "${name}"`);
	if (!allowed.includes(context)) refuse(directive, `"${name}" directive is not allowed here`);
	if (blocks.has(name) && !block) refuse(directive, `directive "${name}" has no opening "{"`);
	if (!blocks.has(name) && block) refuse(directive, `directive "${name}" is not terminated by ";"`);
	const [least, most] = counts[name] ?? [0, 99];
	if (args.length < least || args.length > most)
		refuse(directive, `invalid number of arguments in "${name}" directive`);
}

function flag(directive: Directive): boolean {
	const [value] = directive.args;
	if (value !== 'on' && value !== 'off')
		refuse(directive, `invalid value "${value}" in "${directive.name}" directive, it must be "on" or "off"`);
	return value === 'on';
}

function typesOf(block: Directive[]): ReadonlyMap<string, string> {
	return new Map(block.flatMap(({ name, args }) => args.map((extension) => [extension, name] as const)));
}

function seconds(text: string): number {
	const [, number, unit = 's'] = /^(\d+)(ms|s|m|h|d)?$/.exec(text) ?? [];
	return Number(number ?? 75) * { ms: 0.001, s: 1, m: 60, h: 3600, d: 86400 }[unit as 's'];
}

/** The settings of a block: its own over those of the block around it. Lists replace those outside, as in nginx. */
function settingsOf(block: readonly Directive[], outer: Settings): Settings {
	const settings: Settings = {
		...outer,
		return: undefined,
		tryFiles: undefined,
		proxyPass: undefined,
		alias: undefined,
	};
	const own = new Set<string>();
	const list = <K extends 'proxyHeaders' | 'addHeaders' | 'accessLogs'>(key: K, empty: Settings[K]) => {
		if (!own.has(key)) settings[key] = empty;
		own.add(key);
		return settings[key];
	};
	for (const directive of block) {
		const { name, args } = directive;
		if (name === 'root') settings.root = args[0].startsWith('/') ? args[0] : `/etc/nginx/${args[0]}`;
		else if (name === 'alias') settings.alias = args[0];
		else if (name === 'index') settings.index = args;
		else if (name === 'autoindex') settings.autoindex = flag(directive);
		else if (name === 'absolute_redirect') settings.absoluteRedirect = flag(directive);
		else if (name === 'server_tokens') settings.serverTokens = args[0] !== 'off';
		else if (name === 'try_files') settings.tryFiles = args;
		else if (name === 'default_type') settings.defaultType = args[0];
		else if (name === 'types') settings.types = typesOf(directive.block ?? []);
		else if (name === 'stub_status') settings.stubStatus = true;
		else if (name === 'deny' && args[0] === 'all') settings.denyAll = true;
		else if (name === 'allow' && args[0] === 'all') settings.denyAll = false;
		else if (name === 'proxy_pass') {
			if (!/^https?:\/\//.test(args[0])) refuse(directive, 'invalid URL prefix');
			settings.proxyPass = args[0];
		} else if (name === 'return') {
			const status = Number(args[0]);
			if (!Number.isInteger(status) && !/^https?:\/\/|^\$scheme/.test(args[0]))
				refuse(directive, `invalid return code "${args[0]}"`);
			settings.return ??= Number.isInteger(status)
				? { status, text: args[1] }
				: { status: 302, text: args[0] };
		} else if (name === 'proxy_set_header') list('proxyHeaders', []).push([args[0], args[1]]);
		else if (name === 'add_header')
			list('addHeaders', []).push({ name: args[0], value: args[1], always: args[2] === 'always' });
		else if (name === 'access_log') {
			const logs = list('accessLogs', []);
			if (args[0] !== 'off') logs.push({ path: args[0], format: args[1] ?? 'combined' });
		} else if (name === 'error_page') {
			if (!own.has(name)) settings.errorPages = new Map();
			own.add(name);
			for (const code of args.slice(0, -1)) settings.errorPages.set(Number(code), args[args.length - 1]);
		}
	}
	return settings;
}

function locationOf(directive: Directive, outer: Settings): Location {
	const block = directive.block ?? [];
	for (const inner of block) check(inner, 'location');
	const settings = settingsOf(block, outer);
	const [first, second] = directive.args;
	if (second === undefined) return { kind: 'prefix', path: first, settings };
	if (first === '=') return { kind: 'exact', path: second, settings };
	if (first === '^~') return { kind: 'final prefix', path: second, settings };
	if (first !== '~' && first !== '~*') refuse(directive, `invalid location modifier "${first}"`);
	try {
		return {
			kind: 'regex',
			path: second,
			regex: RE2JS.compile(second, first === '~*' ? RE2JS.CASE_INSENSITIVE : 0),
			settings,
		};
	} catch (error) {
		return refuse(directive, `pcre2_compile() failed: ${(error as Error).message} in "${second}"`);
	}
}

function listenOf(directive: Directive): Listen {
	const [value, ...flags] = directive.args;
	const [, address, port] = /^(?:(\[[^\]]*\]|[^:]*):)?(\d+)$/.exec(value) ?? [];
	const bare = port === undefined && /^(?:\[[^\]]*\]|\d+\.\d+\.\d+\.\d+|localhost|\*)$/.test(value);
	if (port === undefined && !bare) refuse(directive, `invalid parameter "${value}"`);
	if (port !== undefined && (Number(port) < 1 || Number(port) > 65535))
		refuse(directive, `invalid port in "${value}" of the "listen" directive`);
	const host = bare ? value : (address ?? '*');
	return {
		address: host === '*' ? '0.0.0.0' : host === 'localhost' ? '127.0.0.1' : host,
		port: Number(port ?? 80),
		isDefault: flags.includes('default_server'),
	};
}

function serverOf(directive: Directive, outer: Settings): Server {
	const block = directive.block ?? [];
	for (const inner of block) check(inner, 'server');
	const settings = settingsOf(block, outer);
	const listens = block.filter(({ name }) => name === 'listen').map(listenOf);
	const outerForLocations = { ...settings, return: undefined };
	return {
		names: block.filter(({ name }) => name === 'server_name').flatMap(({ args }) => args),
		listens: listens.length > 0 ? listens : [{ address: '0.0.0.0', port: 80, isDefault: false }],
		locations: block
			.filter(({ name }) => name === 'location')
			.map((inner) => locationOf(inner, outerForLocations)),
		settings,
	};
}

const defaults: Settings = {
	root: '/etc/nginx/html',
	index: ['index.html'],
	autoindex: false,
	proxyHeaders: [],
	addHeaders: [],
	errorPages: new Map(),
	defaultType: 'text/plain',
	types: new Map([
		['html', 'text/html'],
		['gif', 'image/gif'],
		['jpg', 'image/jpeg'],
	]),
	accessLogs: [{ path: '/var/log/nginx/access.log', format: 'combined' }],
	denyAll: false,
	stubStatus: false,
	absoluteRedirect: true,
	serverTokens: true,
};

/** The `combined` log format. */
const combined =
	'$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"';

/** Throws ConfigurationError. */
export function readConfiguration(directives: readonly Directive[]): Configuration {
	const configuration = {
		daemon: true,
		pidFile: '/var/run/nginx.pid',
		errorLog: { path: '/var/log/nginx/error.log', level: 'error' },
		workers: 1,
		keepAliveSeconds: 75,
		servers: [] as Server[],
		upstreams: new Map<string, string[]>(),
		logFormats: new Map([['combined', combined]]),
	};
	let events = false;
	for (const directive of directives) {
		check(directive, 'main');
		const { name, args, block = [] } = directive;
		if (name === 'daemon') configuration.daemon = flag(directive);
		else if (name === 'pid') configuration.pidFile = args[0];
		else if (name === 'error_log') configuration.errorLog = { path: args[0], level: args[1] ?? 'error' };
		else if (name === 'worker_processes') {
			if (args[0] !== 'auto' && !/^[1-9]\d*$/.test(args[0]))
				refuse(directive, 'invalid value in "worker_processes" directive');
			configuration.workers = args[0] === 'auto' ? 1 : Math.min(16, Number(args[0]));
		} else if (name === 'events') {
			events = true;
			for (const inner of block)
				if (!withoutEffect.has(inner.name)) refuse(inner, `unknown directive "${inner.name}"`);
		} else if (name === 'http') readHttp(block, configuration);
	}
	if (!events) throw new ConfigurationError('no "events" section in configuration');
	return configuration;
}

function readHttp(
	block: readonly Directive[],
	configuration: {
		keepAliveSeconds: number;
		servers: Server[];
		upstreams: Map<string, string[]>;
		logFormats: Map<string, string>;
	},
): void {
	for (const directive of block) check(directive, 'http');
	const settings = settingsOf(block, defaults);
	for (const directive of block) {
		const { name, args, block: inner = [] } = directive;
		if (name === 'keepalive_timeout') configuration.keepAliveSeconds = seconds(args[0]);
		else if (name === 'log_format')
			configuration.logFormats.set(
				args[0],
				args
					.slice(1)
					.filter((arg) => !arg.startsWith('escape='))
					.join(''),
			);
		else if (name === 'upstream')
			configuration.upstreams.set(
				args[0],
				inner.filter(({ name }) => name === 'server').map(({ args }) => args[0]),
			);
		else if (name === 'server') configuration.servers.push(serverOf(directive, settings));
	}
	for (const { settings: used, locations } of configuration.servers)
		for (const { accessLogs } of [used, ...locations.map((location) => location.settings)])
			for (const { format } of accessLogs)
				if (!configuration.logFormats.has(format))
					throw new ConfigurationError(`unknown log format "${format}"`);
}
