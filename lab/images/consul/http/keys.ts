// /v1/kv: keys and values (developer.hashicorp.com/consul/api-docs/kv).
import { decodeBase64, encodeBase64 } from '../../../base64.ts';
import type { KeyValue } from '../server/state.ts';
import { type Answer, type ApiCall, ApiError, indexHeaders, type Route } from './route.ts';

export interface KeyPair {
	LockIndex: number;
	Key: string;
	Flags: number;
	Value: string | null;
	CreateIndex: number;
	ModifyIndex: number;
}

function pairOf({ key, value, flags, createIndex, modifyIndex }: KeyValue): KeyPair {
	return {
		LockIndex: 0,
		Key: key,
		Flags: flags,
		Value: value === '' ? null : value,
		CreateIndex: createIndex,
		ModifyIndex: modifyIndex,
	};
}

function numberOf(query: URLSearchParams, name: string): number | undefined {
	const text = query.get(name);
	if (text === null) return undefined;
	if (!/^\d+$/.test(text)) throw new ApiError(400, `Invalid value for ${name}: ${text}`);
	return Number(text);
}

/** The keys up to the separator, each once. */
function cut(keys: readonly string[], prefix: string, separator: string): string[] {
	const shortened = keys.map((key) => {
		const end = separator === '' ? -1 : key.indexOf(separator, prefix.length);
		return end < 0 ? key : key.slice(0, end + separator.length);
	});
	return [...new Set(shortened)];
}

async function get({ query, rest, call }: ApiCall): Promise<Answer> {
	const prefix = query.has('recurse') || query.has('keys');
	if (!prefix && rest === '') throw new ApiError(400, 'Missing key name');
	const { index, entries } = prefix
		? ((await call('KVS.List', { prefix: rest })) as { index: number; entries: KeyValue[] })
		: await call('KVS.Get', { key: rest }).then((found) => {
				const { index, entry } = found as { index: number; entry: KeyValue | null };
				return { index, entries: entry ? [entry] : [] };
			});
	const headers = indexHeaders(index);
	if (entries.length === 0) return { status: 404, headers };
	if (query.has('keys'))
		return {
			json: cut(
				entries.map(({ key }) => key),
				rest,
				query.get('separator') ?? '',
			),
			headers,
		};
	if (!query.has('raw') || prefix) return { json: entries.map(pairOf), headers };
	const bytes = decodeBase64(entries[0].value);
	return { bytes, headers, type: 'text/plain; charset=utf-8' };
}

export const keyRoutes: readonly Route[] = [
	{ method: 'GET', path: '/v1/kv/', answer: get },
	{
		method: 'PUT',
		path: '/v1/kv/',
		async answer({ query, rest: key, body, call }) {
			if (key === '') throw new ApiError(400, 'Missing key name');
			const flags = numberOf(query, 'flags') ?? 0;
			const value = encodeBase64(await body());
			return {
				json: await call('KVS.Apply', { type: 'kv-set', key, value, flags, cas: numberOf(query, 'cas') }),
			};
		},
	},
	{
		method: 'DELETE',
		path: '/v1/kv/',
		async answer({ query, rest, call }) {
			if (query.has('recurse'))
				return { json: await call('KVS.Apply', { type: 'kv-delete-tree', prefix: rest }) };
			if (rest === '') throw new ApiError(400, 'Missing key name');
			return { json: await call('KVS.Apply', { type: 'kv-delete', key: rest, cas: numberOf(query, 'cas') }) };
		},
	},
];
