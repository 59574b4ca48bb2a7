// What the directives mean: hosts by name and port, and what their folders allow. A directive outside this file's
// lists is refused, as it is where its module is not loaded.
import { RE2JS } from 're2js';
import { ConfigurationError, type Directive, globExpression } from './syntax.ts';

/** What <Files>, <Location> and their Match kinds grant or deny; the last one that fits counts. */
export interface Rule {
	/** `file` in the file system, `path` of the request. */
	matches(file: string, path: string): boolean;
	granted: boolean;
}

/** What <Directory> says; the innermost folder's word counts. */
export interface Folder {
	path: string;
	granted?: boolean;
	indexes?: boolean;
}

export interface Host {
	/** Ports of <VirtualHost>; every port for the main server. */
	ports?: number[];
	names: string[];
	documentRoot: string;
	directoryIndex: string[];
	folders: Folder[];
	rules: Rule[];
	aliases: { from: string; to: string }[];
	redirects: { status: number; from: string; to: string }[];
	errorDocuments: Map<number, string>;
	headers: { name: string; value: string; always: boolean }[];
	/** Path and format. */
	logs: { path: string; format: string }[];
	errorLog: string;
}

export interface Configuration {
	ports: number[];
	pidFile: string;
	user: string;
	logFormats: Map<string, string>;
	types: Map<string, string>;
	/** `Prod` leaves the version out of the Server field. */
	productOnly: boolean;
	named: boolean;
	keepAlive: boolean;
	/** The main server last: it takes what no other host does. */
	hosts: Host[];
}

/** Directives that change nothing that can be seen in the lab. */
const withoutEffect = new Set(
	`loadmodule group serveradmin serversignature loglevel options allowoverride scriptalias addhandler
	addoutputfilter addencoding addlanguage addcharset typesconfig mimemagicfile enablemmap enablesendfile timeout
	keepalivetimeout maxkeepaliverequests startservers minsparethreads maxsparethreads threadsperchild maxrequestworkers
	maxconnectionsperchild serverlimit hostnamelookups usecanonicalname accessfilename indexoptions require requestheader
	serverroot sslrandomseed traceenable cgidsock define mutex fileetag setenvif limitrequestbody addicon defaulticon
	headername readmename indexignore`.split(/\s+/),
);
const known = new Set(
	`listen pidfile user logformat servertokens servername serveralias documentroot directoryindex alias redirect errordocument
	header customlog errorlog keepalive addtype`.split(/\s+/),
);
const sections = new Set([
	'directory',
	'files',
	'filesmatch',
	'location',
	'locationmatch',
	'virtualhost',
	'ifmodule',
	'ifdefine',
	'limit',
	'requireall',
	'requireany',
	'proxy',
]);

export const root = '/usr/local/apache2';
const absolute = (path: string) => (path.startsWith('/') ? path : `${root}/${path}`);

function isLoaded(loaded: ReadonlySet<string>, [condition = '']: readonly string[]): boolean {
	const negated = condition.startsWith('!');
	const name = condition.replace(/^!/, '').replace(/^mod_(\w+)\.c$/, '$1_module');
	return loaded.has(name) !== negated;
}

/** What counts: sections on a condition are opened or left out, and what httpd does not know is refused. */
function effective(directives: readonly Directive[], loaded: Set<string>): Directive[] {
	return directives.flatMap((directive) => {
		const name = directive.name.toLowerCase();
		if (name === 'loadmodule') loaded.add(directive.args[0]);
		if (name === 'ifmodule')
			return isLoaded(loaded, directive.args) ? effective(directive.section ?? [], loaded) : [];
		if (name === 'ifdefine') return [];
		const isKnown = directive.section ? sections.has(name) : known.has(name) || withoutEffect.has(name);
		if (!isKnown)
			throw new ConfigurationError(
				`Invalid command '${directive.section ? '<' : ''}${directive.name}', perhaps misspelled or defined by a module not included in the server configuration`,
				directive,
			);
		if (!directive.section && directive.args.length === 0)
			throw new ConfigurationError(`${directive.name} takes one argument`, directive);
		return [{ ...directive, section: directive.section && effective(directive.section, loaded) }];
	});
}

/** The word of the last `Require all …` in a section; undefined where there is none. */
function grantOf(section: readonly Directive[]): boolean | undefined {
	const words = section.flatMap((directive) =>
		directive.section
			? [grantOf(directive.section)]
			: directive.name.toLowerCase() === 'require' && directive.args[0]?.toLowerCase() === 'all'
				? [directive.args[1]?.toLowerCase() === 'granted']
				: [],
	);
	return words.findLast((word) => word !== undefined);
}

function expressionOf(directive: Directive, source: string): RE2JS {
	try {
		return RE2JS.compile(source);
	} catch {
		throw new ConfigurationError('Regex could not be compiled', directive);
	}
}

/** Undefined where the section neither grants nor denies. */
function ruleOf(directive: Directive): Rule | undefined {
	const { name, args, section = [] } = directive;
	const granted = grantOf(section);
	if (granted === undefined) return undefined;
	const kind = name.toLowerCase();
	// A tilde makes the plain kinds those of regular expressions.
	const isExpression = kind.endsWith('match') || args[0] === '~';
	const argument = args[args[0] === '~' ? 1 : 0] ?? '';
	if (kind.startsWith('files')) {
		const expression = isExpression ? expressionOf(directive, argument) : globExpression(argument);
		const baseName = (file: string) => file.slice(file.lastIndexOf('/') + 1);
		return { granted, matches: (file) => expression.matcher(baseName(file)).find() };
	}
	if (isExpression) {
		const expression = expressionOf(directive, argument);
		return { granted, matches: (_, path) => expression.matcher(path).find() };
	}
	const start = argument.replace(/(.)\/$/, '$1');
	return { granted, matches: (_, path) => start === '/' || path === start || path.startsWith(`${start}/`) };
}

function folderOf({ args, section = [] }: Directive): Folder {
	const folder: Folder = { path: args[0].replace(/(.)\/$/, '$1') };
	folder.granted = grantOf(section);
	for (const { name, args } of section) {
		const key = name.toLowerCase();
		const words = args.join(' ').toLowerCase();
		if (key === 'options' && !/[+-]indexes/.test(words)) folder.indexes = /\b(indexes|all)\b/.test(words);
		if (key === 'options' && /[+-]indexes/.test(words)) folder.indexes = words.includes('+indexes');
	}
	return folder;
}

const statusNames: Record<string, number> = { permanent: 301, temp: 302, seeother: 303, gone: 410 };

function hostOf(directives: readonly Directive[], outer: Host): Host {
	const host: Host = {
		...outer,
		folders: [...outer.folders],
		rules: [...outer.rules],
		aliases: [...outer.aliases],
		redirects: [...outer.redirects],
		errorDocuments: new Map(outer.errorDocuments),
		headers: [...outer.headers],
	};
	const logs: Host['logs'] = [];
	for (const directive of directives) {
		const { name, args } = directive;
		switch (name.toLowerCase()) {
			case 'documentroot':
				host.documentRoot = absolute(args[0]).replace(/(.)\/$/, '$1');
				break;
			case 'directoryindex':
				host.directoryIndex = args;
				break;
			case 'servername':
				host.names = [args[0].replace(/:\d+$/, '').toLowerCase(), ...host.names];
				break;
			case 'serveralias':
				host.names = [...host.names, ...args.map((alias) => alias.toLowerCase())];
				break;
			case 'directory':
				host.folders.push(folderOf(directive));
				break;
			case 'files':
			case 'filesmatch':
			case 'location':
			case 'locationmatch': {
				const rule = ruleOf(directive);
				if (rule) host.rules.push(rule);
				break;
			}
			case 'alias':
				if (args.length < 2)
					throw new ConfigurationError('Alias requires two arguments, an alias and a path', directive);
				host.aliases.push({ from: args[0], to: absolute(args[1]) });
				break;
			case 'redirect': {
				const status = statusNames[args[0].toLowerCase()] ?? (Number(args[0]) || undefined);
				const [from, to = ''] = status === undefined ? args : args.slice(1);
				host.redirects.push({ status: status ?? 302, from, to });
				break;
			}
			case 'errordocument':
				host.errorDocuments.set(Number(args[0]), args.slice(1).join(' '));
				break;
			case 'header': {
				const always = args[0].toLowerCase() === 'always';
				const [action, field, value = ''] = always ? args.slice(1) : args;
				if (/^(set|add|append)$/i.test(action)) host.headers.push({ name: field, value, always });
				break;
			}
			case 'customlog':
				logs.push({ path: absolute(args[0]), format: args[1] ?? '' });
				break;
			case 'errorlog':
				host.errorLog = absolute(args[0]);
				break;
		}
	}
	if (logs.length > 0) host.logs = logs;
	return host;
}

/** Throws ConfigurationError. `types` are those of the file mime.types. */
export function readConfiguration(given: readonly Directive[], types: Map<string, string>): Configuration {
	const directives = effective(given, new Set());
	const last = (name: string) =>
		directives.findLast((directive) => directive.name.toLowerCase() === name)?.args[0];
	const listens = directives.filter(({ name }) => name.toLowerCase() === 'listen');
	const ports = listens.map((directive) => {
		const port = Number(directive.args[0].replace(/^.*:/, ''));
		if (!Number.isInteger(port) || port < 1 || port > 65535)
			throw new ConfigurationError('Port must be specified', directive);
		return port;
	});
	if (ports.length === 0)
		throw new ConfigurationError(
			'(22)Invalid argument: AH00015: no listening sockets available, shutting down',
		);
	const main = hostOf(
		directives.filter(({ name }) => name.toLowerCase() !== 'virtualhost'),
		{
			names: [],
			documentRoot: `${root}/htdocs`,
			directoryIndex: ['index.html'],
			folders: [],
			rules: [],
			aliases: [],
			redirects: [],
			errorDocuments: new Map(),
			headers: [],
			logs: [],
			errorLog: '/proc/self/fd/2',
		},
	);
	for (const { name, args } of directives)
		if (name.toLowerCase() === 'addtype')
			for (const extension of args.slice(1)) types.set(extension.replace(/^\./, '').toLowerCase(), args[0]);
	const virtual = directives
		.filter(({ name }) => name.toLowerCase() === 'virtualhost')
		.map(({ args, section = [] }) => ({
			...hostOf(section, { ...main, names: [] }),
			ports: args.map((address) => Number(/:(\d+)$/.exec(address)?.[1] ?? ports[0])),
		}));
	return {
		ports: [...new Set(ports)],
		pidFile: absolute(last('pidfile') ?? 'logs/httpd.pid'),
		user: last('user') ?? 'daemon',
		logFormats: new Map(
			directives
				.filter(({ name, args }) => name.toLowerCase() === 'logformat' && args.length > 1)
				.map(({ args }) => [args[1], args[0]] as const),
		),
		types,
		productOnly: /^prod/i.test(last('servertokens') ?? ''),
		named: main.names.length > 0,
		keepAlive: last('keepalive')?.toLowerCase() !== 'off',
		hosts: [...virtual, main],
	};
}

/** The host of a request, by port and name; the first one of the port where no name fits. */
export function chooseHost({ hosts }: Configuration, port: number, name: string): Host {
	const here = hosts.filter(({ ports }) => ports?.includes(port));
	return here.find(({ names }) => names.includes(name)) ?? here[0] ?? hosts[hosts.length - 1];
}
