// Writes lab/schema/encoding.json: how the server's Go structs write each field to JSON, which the OpenAPI
// documents do not tell (pointer or value, omitted when empty, the Go name of a string type).
//   node lab/schema/generate-encoding.ts CHECKOUT-OF-kubernetes/api CHECKOUT-OF-kubernetes/apimachinery
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [api, apimachinery] = process.argv.slice(2);
const facts = JSON.parse(readFileSync(new URL('./types.json', import.meta.url), 'utf8')) as Record<
	string,
	{ fields?: Record<string, { type?: string; ref?: string }> }
>;

interface GoField {
	json: string;
	type: string;
	omitEmpty: boolean;
	omitZero: boolean;
}

/** Fields by struct name of one Go package, with what it embeds inlined later. */
function structsOf(file: string): Map<string, (GoField | { embedded: string })[]> {
	const structs = new Map<string, (GoField | { embedded: string })[]>();
	for (const match of readFileSync(file, 'utf8').matchAll(/^type (\w+) struct \{\n(.*?)^\}/gms)) {
		const fields: (GoField | { embedded: string })[] = [];
		for (const line of match[2].split('\n')) {
			const parts = /^\s*(?:(\w+)\s+)?(\S+)\s+`.*?json:"([^"]*)".*`/.exec(line);
			if (!parts) continue;
			const [json, ...options] = parts[3].split(',');
			if (!json) fields.push({ embedded: parts[2].split('.').at(-1) as string });
			else
				fields.push({
					json,
					type: parts[2],
					omitEmpty: options.includes('omitempty'),
					omitZero: options.includes('omitzero'),
				});
		}
		structs.set(match[1], fields);
	}
	return structs;
}

const packages = new Map<string, ReturnType<typeof structsOf>>();
function fieldsOf(folder: string, struct: string): GoField[] {
	let structs = packages.get(folder);
	if (!structs) {
		const file = join(folder, 'types.go');
		structs = existsSync(file) ? structsOf(file) : new Map();
		packages.set(folder, structs);
	}
	return (structs.get(struct) ?? []).flatMap((field) =>
		'embedded' in field ? fieldsOf(folder, field.embedded) : [field],
	);
}

/** Go's omitempty does nothing for a struct: it is always written, a time as null. */
const isStruct = (ref: string | undefined) =>
	ref !== undefined && (facts[ref]?.fields !== undefined || /\.(Micro)?Time$/.test(ref));

const encoding: Record<string, { pointers?: string[]; always?: string[]; types?: Record<string, string> }> =
	{};
for (const [full, fact] of Object.entries(facts)) {
	const parts = /^io\.k8s\.(api|apimachinery\.pkg\.apis)\.(\w+)\.(\w+)\.(\w+)$/.exec(full);
	if (!parts || !fact.fields) continue;
	const [, root, group, version, struct] = parts;
	const folder = root === 'api' ? join(api, group, version) : join(apimachinery, 'pkg/apis', group, version);
	const pointers: string[] = [];
	const always: string[] = [];
	const types: Record<string, string> = {};
	for (const field of fieldsOf(folder, struct)) {
		if (!fact.fields[field.json]) continue;
		if (field.type.startsWith('*')) pointers.push(field.json);
		else if (!field.omitZero && (!field.omitEmpty || isStruct(fact.fields[field.json].ref)))
			always.push(field.json);
		const bare = field.type.replace('*', '');
		if (fact.fields[field.json].type === 'string' && bare !== 'string')
			types[field.json] = bare.includes('.') ? bare : `${version}.${bare}`;
	}
	const entry = {
		...(pointers.length && { pointers }),
		...(always.length && { always }),
		...(Object.keys(types).length && { types }),
	};
	if (Object.keys(entry).length) encoding[full] = entry;
}
writeFileSync(new URL('./encoding.json', import.meta.url), `${JSON.stringify(encoding)}\n`);
