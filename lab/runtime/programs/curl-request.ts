// What curl sends: the options that say so, the body, the header fields.

import { encodeBase64 } from '../../base64.ts';
import type { HeaderList } from '../../network/http.ts';
import { decode, encode } from '../byte-text.ts';
import type { Transfer } from './curl-transfer.ts';
import { hostField } from './http-client.ts';
import type { Options } from './options.ts';
import type { Call } from './tool.ts';

export const version = '8.14.1';

/** Every option that curl takes here. */
export const curlOptions = {
	short: 'sSo:OivIw:fm:X:d:H:LkA:e:u:x:gNT:F:G#b:c:Z46aCJjlMnpqRr:tUyYz:V',
	long: {
		silent: 's',
		'show-error': 'S',
		'output=': 'o',
		'remote-name': 'O',
		include: 'i',
		verbose: 'v',
		head: 'I',
		'write-out=': 'w',
		fail: 'f',
		'fail-with-body': 'fail-with-body',
		'max-time=': 'm',
		'connect-timeout=': 'connect-timeout',
		'request=': 'X',
		'data=': 'd',
		'data-raw=': 'data-raw',
		'data-binary=': 'data-binary',
		'data-urlencode=': 'data-urlencode',
		'json=': 'json',
		'range=': 'r',
		'header=': 'H',
		location: 'L',
		insecure: 'k',
		'user-agent=': 'A',
		'referer=': 'e',
		'user=': 'u',
		'proxy=': 'x',
		globoff: 'g',
		'no-buffer': 'N',
		'upload-file=': 'T',
		get: 'G',
		'max-redirs=': 'max-redirs',
		'retry=': 'retry',
		'retry-delay=': 'retry-delay',
		'retry-connrefused': 'retry-connrefused',
		'retry-all-errors': 'retry-all-errors',
		'resolve=': 'resolve',
		'noproxy=': 'noproxy',
		'no-progress-meter': 's',
		'progress-bar': '#',
		version: 'V',
		'url=': 'url',
		compressed: 'compressed',
		ipv4: '4',
		'create-dirs': 'create-dirs',
		'cookie=': 'b',
		help: 'h',
		'path-as-is': 'path-as-is',
		'http1.1': 'http1.1',
		'cacert=': 'cacert',
	},
};

/** The body that -d, --json or -T give. */
export async function requestBody(
	call: Call,
	options: Options,
): Promise<{ data: Uint8Array; type: string } | undefined> {
	const parts: string[] = [];
	for (const [name, value = ''] of options.given) {
		if (name === 'd' || name === 'data-binary' || name === 'json') {
			if (!value.startsWith('@')) parts.push(value);
			else {
				const text = decode(await call.readAll(value.slice(1)));
				parts.push(name === 'd' ? text.replace(/[\r\n]/g, '') : text);
			}
		} else if (name === 'data-raw') parts.push(value);
		else if (name === 'data-urlencode') {
			const [, key, text] = /^([^=]*)=([\s\S]*)$/.exec(value) ?? [undefined, '', value];
			parts.push(`${key ? `${key}=` : ''}${encodeURIComponent(text)}`);
		}
	}
	const upload = options.value('T');
	if (upload !== undefined) return { data: await call.readAll(upload), type: '' };
	if (parts.length === 0) return undefined;
	const json = options.has('json');
	return {
		data: encode(parts.join(json ? '' : '&')),
		type: json ? 'application/json' : 'application/x-www-form-urlencoded',
	};
}

/** The header fields, those of -H in place of curl's own. */
export function requestHeaders(
	transfer: Transfer,
	body: { data: Uint8Array; type: string } | undefined,
): HeaderList {
	const { options, url } = transfer;
	const user = options.value('u') ?? url.user;
	const headers: HeaderList = [['Host', hostField(url)]];
	if (user !== undefined) headers.push(['Authorization', `Basic ${encodeBase64(user)}`]);
	headers.push(
		['User-Agent', options.value('A') ?? `curl/${version}`],
		['Accept', options.has('json') ? 'application/json' : '*/*'],
	);
	if (options.value('r')) headers.push(['Range', `bytes=${options.value('r')}`]);
	if (options.value('e')) headers.push(['Referer', options.value('e') ?? '']);
	if (options.value('b')) headers.push(['Cookie', options.value('b') ?? '']);
	if (body) headers.push(['Content-Length', String(body.data.length)]);
	if (body?.type) headers.push(['Content-Type', body.type]);
	for (const line of options.values('H')) {
		const [, name, value] = /^([^:;]+)[:;]\s*(.*)$/.exec(line) ?? [];
		if (!name) continue;
		const known = headers.findIndex(([other]) => other.toLowerCase() === name.toLowerCase());
		if (known >= 0) headers.splice(known, 1);
		// `Name:` without a value takes the field out, `Name;` sends it empty.
		if (value !== '' || line.endsWith(';'))
			headers.splice(known >= 0 ? known : headers.length, 0, [name, value]);
	}
	return headers;
}
