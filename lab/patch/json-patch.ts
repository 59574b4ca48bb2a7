// JSON Patch (RFC 6902) over JSON Pointers (RFC 6901).

export interface JsonPatchOperation {
	op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
	path: string;
	from?: string;
	value?: unknown;
}

/** An operation that cannot be applied, or a `test` that fails. */
export class JsonPatchError extends Error {}

/**
 * Characters of JSON that all copies of a patch may add, as many as kube-apiserver lets them: copied into itself
 * again and again, a value doubles each time.
 */
const mostCopied = 3 * 1024 * 1024;

/** Applies all operations to a copy, or throws JsonPatchError. */
export function applyJsonPatch(document: unknown, operations: readonly JsonPatchOperation[]): unknown {
	let result = copied(document);
	let added = 0;
	for (const operation of operations) {
		if (operation.op === 'copy') {
			added += JSON.stringify(read(result, operation.from ?? '')).length;
			if (added > mostCopied) throw new JsonPatchError(`copies add more than ${mostCopied} characters`);
		}
		result = apply(result, operation);
	}
	return result;
}

/** A copy in which nothing is there twice: what stored objects share could otherwise be moved into itself. */
function copied(value: unknown): unknown {
	return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
}

function apply(document: unknown, { op, path, from, value }: JsonPatchOperation): unknown {
	switch (op) {
		case 'add':
			return put(document, path, copied(value), true);
		case 'remove':
			return remove(document, path);
		case 'replace':
			read(document, path);
			return put(document, path, copied(value), false);
		case 'move': {
			const moved = read(document, from ?? '');
			if (path.startsWith(`${from}/`)) throw new JsonPatchError(`cannot move ${from} into itself`);
			return put(remove(document, from ?? ''), path, moved, true);
		}
		case 'copy':
			return put(document, path, copied(read(document, from ?? '')), true);
		case 'test':
			if (!equal(read(document, path), value)) throw new JsonPatchError(`testing value ${path} failed`);
			return document;
		default:
			throw new JsonPatchError(`unexpected operation: ${op}`);
	}
}

function tokensOf(pointer: string): string[] {
	if (pointer === '') return [];
	if (!pointer.startsWith('/')) throw new JsonPatchError(`${pointer} is not a JSON pointer`);
	return pointer
		.slice(1)
		.split('/')
		.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

type Container = unknown[] | Record<string, unknown>;

const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;

/** The place of an array that a token names; `-` and the end only where something is to be added. */
function indexOf(array: readonly unknown[], token: string, adding: boolean): number {
	if (adding && token === '-') return array.length;
	const index = /^(0|[1-9]\d*)$/.test(token) ? Number(token) : Number.NaN;
	if (!(index < array.length + (adding ? 1 : 0)))
		throw new JsonPatchError(`${token} is not an index of the array`);
	return index;
}

function step(value: unknown, token: string): unknown {
	if (Array.isArray(value)) return value[indexOf(value, token, false)];
	if (!isContainer(value) || !Object.hasOwn(value, token))
		throw new JsonPatchError(`there is nothing at ${token}`);
	return (value as Record<string, unknown>)[token];
}

const read = (document: unknown, pointer: string) => tokensOf(pointer).reduce(step, document);

function parentOf(document: unknown, tokens: string[]): Container {
	const parent = tokens.reduce(step, document);
	if (!isContainer(parent)) throw new JsonPatchError('the path leads through a value that holds nothing');
	return parent;
}

function put(document: unknown, pointer: string, value: unknown, adding: boolean): unknown {
	const tokens = tokensOf(pointer);
	const last = tokens.pop();
	if (last === undefined) return value;
	const parent = parentOf(document, tokens);
	if (Array.isArray(parent)) parent.splice(indexOf(parent, last, adding), adding ? 0 : 1, value);
	else Object.defineProperty(parent, last, { value, enumerable: true, writable: true, configurable: true });
	return document;
}

function remove(document: unknown, pointer: string): unknown {
	const tokens = tokensOf(pointer);
	const last = tokens.pop();
	if (last === undefined) return null;
	const parent = parentOf(document, tokens);
	step(parent, last);
	if (Array.isArray(parent)) parent.splice(indexOf(parent, last, false), 1);
	else delete parent[last];
	return document;
}

function equal(a: unknown, b: unknown): boolean {
	if (!isContainer(a) || !isContainer(b)) return a === b;
	if (Array.isArray(a) !== Array.isArray(b)) return false;
	const keys = Object.keys(a);
	if (keys.length !== Object.keys(b).length) return false;
	const left = a as Record<string, unknown>;
	const right = b as Record<string, unknown>;
	return keys.every((key) => Object.hasOwn(right, key) && equal(left[key], right[key]));
}
