// Lengths of time as coreutils and busybox take them: `1.5`, `2s`, `3m`, `4h`, `5d`, `infinity`.

const seconds = { '': 1, s: 1, m: 60, h: 3600, d: 86400 } as const;

/** Milliseconds; undefined for what is no length of time. */
export function parseDuration(text: string): number | undefined {
	if (/^inf(inity)?$/i.test(text)) return Number.POSITIVE_INFINITY;
	const [, number, unit] = /^(\d+\.?\d*|\.\d+)([smhd]?)$/.exec(text) ?? [];
	if (number === undefined) return undefined;
	return Number(number) * seconds[unit as keyof typeof seconds] * 1000;
}
