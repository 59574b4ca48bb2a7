// consul kv: keys and values.
import { decodeBase64 } from '../../../base64.ts';
import { concat } from '../../../bytes.ts';
import { decode, encode } from '../../../runtime/byte-text.ts';
import { SystemError } from '../../../runtime/process.ts';
import type { KeyPair } from '../http/keys.ts';
import type { Command, CommandCall } from './command.ts';
import { tableOf } from './table.ts';

const target = (key: string) => `/v1/kv/${key.split('/').map(encodeURIComponent).join('/')}`;
const bytesIn = ({ Value }: KeyPair) => (Value === null ? new Uint8Array(0) : decodeBase64(Value));

function keyOf(call: CommandCall, least = 1): string {
	const [key] = call.args;
	if (call.args.length > least) call.fail(`Too many arguments (expected ${least}, got ${call.args.length})`);
	if (key === undefined && least > 0) call.fail('Error! Missing KEY argument');
	// A slash at the beginning is none of the key's.
	return (key ?? '').replace(/^\//, '');
}

/** `-` is standard input, `@FILE` a file. */
async function readData(call: CommandCall, data: string): Promise<Uint8Array> {
	if (data === '-') {
		const parts: Uint8Array[] = [];
		for (;;) {
			const part = await call.process.read(0);
			if (part.length === 0) return concat(parts);
			parts.push(part);
		}
	}
	if (!data.startsWith('@')) return encode(data.replace(/^\\(?=[@-])/, ''));
	try {
		return call.process.files.readFile(data.slice(1));
	} catch (error) {
		if (!(error instanceof SystemError)) throw error;
		return call.fail(`Error! Failed to read file: open ${data.slice(1)}: ${error.message.toLowerCase()}`);
	}
}

async function list(
	call: CommandCall,
	key: string,
	what = 'Error querying Consul agent',
): Promise<KeyPair[]> {
	const response = await call.attempt(what, () =>
		call.client.request('GET', `${target(key)}${call.query({ recurse: '' })}`, { allowMissing: true }),
	);
	return response.status === 404 ? [] : (JSON.parse(decode(response.body)) as KeyPair[]);
}

function details(pair: KeyPair): string {
	return tableOf([
		['CreateIndex', String(pair.CreateIndex)],
		['Flags', String(pair.Flags)],
		['Key', pair.Key],
		['LockIndex', String(pair.LockIndex)],
		['ModifyIndex', String(pair.ModifyIndex)],
		['Session', '-'],
		['Value', decode(bytesIn(pair))],
	]).replaceAll(/^(\S+ *) {2}/gm, (_, name: string) => `${name.padEnd(16)} `.slice(0, 17));
}

const get: Command = {
	name: 'kv get',
	synopsis: 'Retrieves or lists data from the KV store',
	usage: '[options] [KEY_OR_PREFIX]',
	flags: {
		recurse: 'Recursively look at all keys prefixed with the given path.',
		keys: 'List keys which start with the given prefix, but not their values.',
		'separator=': 'String to use as a separator between keys.',
		detailed: 'Provide additional metadata about the key.',
		base64: 'Base64 encode the value.',
	},
	async run(call) {
		const recurse = call.has('recurse');
		const keys = call.has('keys');
		const key = keyOf(call, recurse || keys ? call.args.length : 1);
		const shown = (pair: KeyPair) => (call.has('base64') ? (pair.Value ?? '') : decode(bytesIn(pair)));
		if (keys) {
			const query = call.query({ keys: '', separator: call.value('separator') ?? '/' });
			const response = await call.attempt('Error querying Consul agent', () =>
				call.client.request('GET', `${target(key)}${query}`, { allowMissing: true }),
			);
			if (response.status !== 404)
				for (const each of JSON.parse(decode(response.body)) as string[]) await call.print(each);
			return 0;
		}
		if (recurse) {
			for (const pair of await list(call, key)) {
				if (call.has('detailed')) await call.print(`${details(pair)}\n`);
				else await call.print(`${pair.Key}:${shown(pair)}`);
			}
			return 0;
		}
		const response = await call.attempt('Error querying Consul agent', () =>
			call.client.request('GET', `${target(key)}${call.query()}`, { allowMissing: true }),
		);
		if (response.status === 404) call.fail(`Error! No key exists at: ${key}`);
		const [pair] = JSON.parse(decode(response.body)) as KeyPair[];
		await call.print(call.has('detailed') ? details(pair) : shown(pair));
		return 0;
	},
};

const put: Command = {
	name: 'kv put',
	synopsis: 'Sets or updates data in the KV store',
	usage: '[options] KEY [DATA]',
	flags: {
		cas: 'Perform a Check-And-Set operation.',
		'flags=': 'Unsigned integer value to assign to this key-value pair.',
		'modify-index=': 'Unsigned integer representing the ModifyIndex of the key.',
		base64: 'Treat the data as base 64 encoded.',
	},
	async run(call) {
		const key = keyOf(call, 2);
		const data = await readData(call, call.args[1] ?? '');
		const parameters: Record<string, string> = {};
		if (call.value('flags') !== undefined) parameters.flags = call.value('flags') ?? '';
		if (call.has('cas')) {
			if (call.value('modify-index') === undefined) call.fail('Must specify -modify-index with -cas!');
			parameters.cas = call.value('modify-index') ?? '';
		}
		const body = call.has('base64') ? decodeBase64(decode(data)) : data;
		const response = await call.attempt('Error! Failed writing data', () =>
			call.client.request('PUT', `${target(key)}${call.query(parameters)}`, { body }),
		);
		if (decode(response.body).trim() !== 'true') call.fail(`Error! Did not write to ${key}: CAS failed`);
		await call.print(`Success! Data written to: ${key}`);
		return 0;
	},
};

const remove: Command = {
	name: 'kv delete',
	synopsis: 'Removes data from the KV store',
	usage: '[options] KEY_OR_PREFIX',
	flags: { recurse: 'Recursively delete all keys with the path.' },
	async run(call) {
		const key = keyOf(call);
		const recurse = call.has('recurse');
		const what = recurse ? `Error! Did not delete prefix ${key}` : `Error deleting key ${key}`;
		await call.attempt(what, () =>
			call.client.request('DELETE', `${target(key)}${call.query(recurse ? { recurse: '' } : {})}`),
		);
		await call.print(recurse ? `Success! Deleted keys with prefix: ${key}` : `Success! Deleted key: ${key}`);
		return 0;
	},
};

const exportTree: Command = {
	name: 'kv export',
	synopsis: 'Exports a tree from the KV store as JSON',
	usage: '[KEY_OR_PREFIX]',
	async run(call) {
		const pairs = await list(call, keyOf(call, call.args.length));
		const entries = pairs.map(({ Key, Flags, Value }) => ({ key: Key, flags: Flags, value: Value ?? '' }));
		await call.print(JSON.stringify(entries, null, '\t'));
		return 0;
	},
};

const importTree: Command = {
	name: 'kv import',
	synopsis: 'Imports a tree stored as JSON to the KV store',
	usage: '[DATA]',
	async run(call) {
		const [data] = call.args;
		if (data === undefined) call.fail('Error! Missing DATA argument');
		const text = decode(await readData(call, data));
		let entries: { key: string; flags: number; value: string }[];
		try {
			entries = JSON.parse(text) as typeof entries;
		} catch (error) {
			return call.fail(`Cannot unmarshal data: ${(error as Error).message}`);
		}
		for (const { key, flags = 0, value } of entries) {
			const query = call.query({ flags: String(flags) });
			await call.attempt(`Error! Failed writing data for key ${key}`, () =>
				call.client.request('PUT', `${target(key)}${query}`, { body: decodeBase64(value) }),
			);
			await call.print(`Imported: ${key}`);
		}
		return 0;
	},
};

export const keyCommands: readonly Command[] = [remove, exportTree, get, importTree, put];
