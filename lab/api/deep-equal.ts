/** Whether two JSON values are equal; fields that are undefined count as absent. */
export function deepEqual(a: unknown, b: unknown): boolean {
	if (a === b) return true;
	if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
	if (Array.isArray(a) || Array.isArray(b)) {
		if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
		return a.every((element, index) => deepEqual(element, b[index]));
	}
	const left = a as Record<string, unknown>;
	const right = b as Record<string, unknown>;
	for (const key in left) if (!deepEqual(left[key], right[key])) return false;
	for (const key in right) if (right[key] !== undefined && left[key] === undefined) return false;
	return true;
}
