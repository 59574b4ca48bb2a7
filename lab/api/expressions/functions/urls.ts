// url('https://a.example/b?c=d'): the parts of an address on the web.
import type { FunctionLibrary } from './functions.ts';

class UrlValue {
	readonly text: string;
	readonly scheme: string;
	readonly host: string;
	readonly path: string;
	readonly query: string;

	/** Throws where the text has neither a scheme nor a path from the root on, as Go's ParseRequestURI does. */
	constructor(text: string) {
		const fault = (reason: string) =>
			new Error(`URL parse error during conversion from string: parse ${JSON.stringify(text)}: ${reason}`);
		if (text === '') throw fault('empty url');
		const parts = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#.*)?$/.exec(
			text,
		);
		const [, scheme = '', authority = '', path = '', query = ''] = parts ?? [];
		if (!parts || (!scheme && !text.startsWith('/'))) throw fault('invalid URI for request');
		const host = authority.slice(authority.lastIndexOf('@') + 1);
		const port = /:([^\]:]*)$/.exec(host);
		if (port && !/^\d*$/.test(port[1])) throw fault(`invalid port ${JSON.stringify(port[0])} after host`);
		this.text = text;
		this.scheme = scheme.toLowerCase();
		this.host = host;
		this.path = path;
		this.query = query;
	}

	get port(): string {
		return /:(\d*)$/.exec(this.host)?.[1] ?? '';
	}

	get hostname(): string {
		return this.host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1');
	}

	get escapedPath(): string {
		return this.path.replace(/[^A-Za-z0-9\-._~!$&'()*+,;=:@/%]/gu, encodeURIComponent);
	}

	get values(): Record<string, string[]> {
		const values: Record<string, string[]> = {};
		for (const [name, value] of new URLSearchParams(this.query))
			values[name] = [...(values[name] ?? []), value];
		return values;
	}
}

function isUrl(text: string): boolean {
	try {
		return new UrlValue(text) !== undefined;
	} catch {
		return false;
	}
}

const type = 'kubernetes.URL';

export const urlFunctions: FunctionLibrary = {
	types: { [type]: { values: UrlValue, equals: (a: UrlValue, b: UrlValue) => a.text === b.text } },
	functions: () => ({
		[`url(string): ${type}`]: (text: string) => new UrlValue(text),
		'isURL(string): bool': isUrl,
		[`${type}.getScheme(): string`]: ({ scheme }: UrlValue) => scheme,
		[`${type}.getHost(): string`]: ({ host }: UrlValue) => host,
		[`${type}.getHostname(): string`]: ({ hostname }: UrlValue) => hostname,
		[`${type}.getPort(): string`]: ({ port }: UrlValue) => port,
		[`${type}.getEscapedPath(): string`]: ({ escapedPath }: UrlValue) => escapedPath,
		[`${type}.getQuery(): map<string, list<string>>`]: ({ values }: UrlValue) => values,
	}),
};
