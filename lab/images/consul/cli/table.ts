// Columns as github.com/ryanuber/columnize aligns them: two spaces between, none at the end.

export function tableOf(rows: readonly (readonly string[])[]): string {
	const widths: number[] = [];
	for (const row of rows) row.forEach((cell, column) => void (widths[column] = Math.max(widths[column] ?? 0, cell.length)));
	return rows
		.map((row) => row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column]))).join('  '))
		.join('\n');
}
