// Sizes as tools print and take them.

const units = ['', 'K', 'M', 'G', 'T', 'P'];

/** As `ls -h` and `df -h`: at most three digits, rounded up, one decimal below ten. */
export function humanSize(bytes: number, base = 1024): string {
	let value = bytes;
	let unit = 0;
	while (value >= base && unit < units.length - 1) {
		value /= base;
		unit++;
	}
	if (unit === 0) return String(bytes);
	const tenths = Math.ceil(value * 10) / 10;
	const text = tenths < 10 ? tenths.toFixed(1) : String(Math.ceil(value));
	return Number(text) >= base && unit < units.length - 1 ? `1.0${units[unit + 1]}` : `${text}${units[unit]}`;
}

/** A number with a suffix as head, dd, split and tail take it: b (512), K and KiB (1024), kB and KB (1000), … */
export function parseSize(text: string): number | undefined {
	const [, number, unit, kind] = /^(\d+)(?:([kKMGTP])(iB|B)?|b|w|c)?$/.exec(text) ?? [];
	if (number === undefined) return undefined;
	if (!unit) return Number(number) * (text.endsWith('b') ? 512 : text.endsWith('w') ? 2 : 1);
	return Number(number) * (kind === 'B' ? 1000 : 1024) ** units.indexOf(unit.toUpperCase());
}

/** Pads the cells of a table to their columns; `left` says which are flush left. */
export function alignColumns(
	rows: readonly string[][],
	left: (column: number) => boolean,
	gap = ' ',
): string[] {
	const widths: number[] = [];
	for (const row of rows)
		for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
	return rows.map((row) =>
		row
			.map((cell, i) =>
				left(i) ? (i === row.length - 1 ? cell : cell.padEnd(widths[i])) : cell.padStart(widths[i]),
			)
			.join(gap),
	);
}
