import { isObject, type JsonObject } from '../json-object.ts';

/** JSON Merge Patch (RFC 7386): null removes, objects merge, all else replaces. Gives a new document. */
export function applyMergePatch(document: unknown, patch: unknown): unknown {
	if (!isObject(patch)) return structuredClone(patch);
	const result: JsonObject = isObject(document) ? { ...document } : {};
	for (const [key, value] of Object.entries(patch)) {
		if (value === null) delete result[key];
		else
			Object.defineProperty(result, key, {
				value: applyMergePatch(Object.hasOwn(result, key) ? result[key] : undefined, value),
				enumerable: true,
				writable: true,
				configurable: true,
			});
	}
	return result;
}
