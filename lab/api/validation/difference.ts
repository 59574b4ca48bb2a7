// What has changed in an object that may not be changed, as the server shows it
// (k8s.io/apimachinery/pkg/util/diff): a unified diff of the two as indented JSON.

/** Lines of context around a change. */
const context = 3;

type Line = { mark: ' ' | '-' | '+'; text: string };

/** The unified diff of two values, '' where they are alike. Values come with the field names to be shown. */
export function describeDifference(before: unknown, after: unknown): string {
	const lines = compare(linesOf(before), linesOf(after));
	const near = lines.map((_, index) =>
		lines.slice(Math.max(0, index - context), index + context + 1).some(({ mark }) => mark !== ' '),
	);
	let text = '';
	let [old, current] = [1, 1];
	for (let index = 0; index < lines.length; ) {
		let end = index;
		while (end < lines.length && near[end] === near[index]) end++;
		const part = lines.slice(index, end);
		const oldLength = part.filter(({ mark }) => mark !== '+').length;
		const newLength = part.filter(({ mark }) => mark !== '-').length;
		if (near[index]) {
			text += `@@ -${old},${oldLength} +${current},${newLength} @@\n`;
			for (const line of part) text += `${line.mark}${line.text}\n`;
		}
		old += oldLength;
		current += newLength;
		index = end;
	}
	return text;
}

const linesOf = (value: unknown): string[] => (JSON.stringify(value, null, ' ') ?? 'null').split('\n');

/** All lines of both in order: the longest common subsequence stays, the rest goes or comes. */
function compare(before: readonly string[], after: readonly string[]): Line[] {
	const common = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1));
	for (let i = before.length - 1; i >= 0; i--)
		for (let j = after.length - 1; j >= 0; j--)
			common[i][j] =
				before[i] === after[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
	const lines: Line[] = [];
	let [i, j] = [0, 0];
	while (i < before.length || j < after.length) {
		if (i < before.length && j < after.length && before[i] === after[j]) {
			lines.push({ mark: ' ', text: before[i++] });
			j++;
		} else if (i < before.length && (j === after.length || common[i + 1][j] >= common[i][j + 1]))
			lines.push({ mark: '-', text: before[i++] });
		else lines.push({ mark: '+', text: after[j++] });
	}
	return lines;
}
