// Text as a screen of fixed width shows it: tabs to every eighth column, control characters as ^X, long lines in rows.

const tab = 8;

/** A line as it is shown, without what would move the cursor. */
export function shownText(line: string): string {
	let shown = '';
	for (const character of line) {
		if (character === '\t') shown += ' '.repeat(tab - (shown.length % tab));
		else if (character < ' ') shown += `^${String.fromCharCode(character.charCodeAt(0) + 0x40)}`;
		else if (character === '\x7f') shown += '^?';
		else shown += character;
	}
	return shown;
}

/** The rows that a line takes, at least one, at most `most`. */
export function screenRows(line: string, columns: number, most = Number.POSITIVE_INFINITY): string[] {
	const shown = [...shownText(line.slice(0, most * columns))];
	const rows: string[] = [];
	for (let at = 0; (at < shown.length || at === 0) && rows.length < most; at += columns)
		rows.push(shown.slice(at, at + columns).join(''));
	return rows;
}

/** In reverse video. */
export const reversed = (text: string): string => `\x1b[7m${text}\x1b[0m`;
