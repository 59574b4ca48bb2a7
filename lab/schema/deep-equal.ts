// Equality of JSON values.

/** Whether two JSON values are equal; a member that is undefined counts as absent. */
export function deepEqual(left: unknown, right: unknown): boolean {
	if (left === right) return true;
	if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
	if (Array.isArray(left) || Array.isArray(right))
		return (
			Array.isArray(left) &&
			Array.isArray(right) &&
			left.length === right.length &&
			left.every((item, index) => deepEqual(item, right[index]))
		);
	const one = left as Record<string, unknown>;
	const other = right as Record<string, unknown>;
	return (
		Object.keys(one).every((key) => deepEqual(one[key], other[key])) &&
		Object.keys(other).every((key) => other[key] === undefined || one[key] !== undefined)
	);
}
