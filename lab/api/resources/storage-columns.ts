// What the columns of claims and volumes have in common.

const short: Readonly<Record<string, string>> = {
	ReadWriteOnce: 'RWO',
	ReadOnlyMany: 'ROX',
	ReadWriteMany: 'RWX',
	ReadWriteOncePod: 'RWOP',
};

/** `RWO,ROX`: each mode once, in this order whatever the object's. */
export const shownAccessModes = (modes: readonly string[] = []): string =>
	Object.keys(short)
		.filter((mode) => modes.includes(mode))
		.map((mode) => short[mode])
		.join(',');

export const unset = '<unset>';
