// Where a client is told to connect to (MongoDB manual, Connection Strings).

export interface Target {
	/** `host:port`, in the order given. */
	hosts: string[];
	database: string;
	replicaSet?: string;
	/** Talk to the one host, whatever it is, rather than to the replica set that it belongs to. */
	direct: boolean;
	readPreference: string;
	/** How long to look for a server that fits, in milliseconds. */
	selectionTimeoutMs: number;
	/** Speak as drivers did before 2021 (OP_QUERY), which servers from 5.1 on no longer understand. */
	legacy?: boolean;
}

/** A text that is no connection string. */
export class ConnectionStringError extends Error {}

const withPort = (host: string, port: number) => (/:\d+$/.test(host) ? host : `${host}:${port}`);

/** Reads `mongodb://…`, `host:port/database` or `database`; `host` and `port` are what options say. */
export function readTarget(text: string | undefined, given: { host?: string; port?: string }): Target {
	const port = Number(given.port ?? 27017);
	let hosts = [`${given.host ?? '127.0.0.1'}`];
	let database = 'test';
	const options = new URLSearchParams();
	if (text !== undefined) {
		const [, scheme, rest] = /^(?:(mongodb(?:\+srv)?):\/\/)?(.*)$/s.exec(text) ?? [];
		if (scheme === 'mongodb+srv')
			throw new ConnectionStringError(
				'mongodb+srv URIs are not known to the lab: name the hosts by mongodb://',
			);
		const [, authority = '', path = '', query = ''] =
			/^(?:[^@/?]*@)?([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/.exec(rest) ?? [];
		const isDatabase = !scheme && !text.includes('/') && !/[.:]/.test(text);
		if (isDatabase) database = text;
		else {
			if (authority === '')
				throw new ConnectionStringError('Invalid connection string: there is no host in it');
			hosts = authority.split(',');
			if (path !== '') database = decodeURIComponent(path);
		}
		for (const [name, value] of new URLSearchParams(query)) options.set(name, value);
	}
	// The old way of --host: the set's name, a slash, members.
	const [, setName, members] = /^([^/]+)\/(.+)$/.exec(given.host ?? '') ?? [];
	if (setName && text === undefined) hosts = members.split(',');
	const replicaSet = options.get('replicaSet') ?? setName;
	const local = hosts.length === 1 && /^(localhost|127\.)/.test(hosts[0]);
	const direct = options.has('directConnection')
		? options.get('directConnection') === 'true'
		: replicaSet === undefined && hosts.length === 1;
	return {
		hosts: hosts.map((host) => withPort(host, port)),
		database,
		...(replicaSet ? { replicaSet } : {}),
		direct,
		readPreference: options.get('readPreference') ?? 'primary',
		selectionTimeoutMs: Number(options.get('serverSelectionTimeoutMS') ?? (local ? 2000 : 30_000)),
	};
}

/** The target as a connection string, as mongosh says where it connects. */
export function showTarget(target: Target, appName: string): string {
	const options = new URLSearchParams();
	if (target.replicaSet) options.set('replicaSet', target.replicaSet);
	if (target.direct) options.set('directConnection', 'true');
	if (target.selectionTimeoutMs !== 30_000)
		options.set('serverSelectionTimeoutMS', String(target.selectionTimeoutMs));
	if (target.readPreference !== 'primary') options.set('readPreference', target.readPreference);
	options.set('appName', appName);
	const database = target.database === 'test' ? '' : target.database;
	return `mongodb://${target.hosts.join(',')}/${database}?${options}`;
}
