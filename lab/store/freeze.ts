/** Freezes a value and all that it holds, and gives it back; what is frozen already is taken as frozen throughout. */
export function freezeDeeply<T>(value: T): T {
	if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
	Object.freeze(value);
	for (const part of Object.values(value)) freezeDeeply(part);
	return value;
}
