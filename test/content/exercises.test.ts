// docs/exercises.md leads from each exercise of the sources to its place in the course: every place must exist.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { readManifest } from '../../src/content-folder.ts';

interface Row {
	line: number;
	chapter: string;
	/** Exercise ids, and slide ids with a `#` in front. */
	places: string[];
	state: string;
}

/** The rows of the tables: source, chapter, places, state. */
function rowsOf(text: string): Row[] {
	return text.split('\n').flatMap((row, index) => {
		const cells = row.split('|').map((cell) => cell.trim());
		if (cells.length !== 6 || cells[2] === 'Chapter' || /^-+$/.test(cells[2])) return [];
		const places = [...cells[3].matchAll(/`([^`]+)`/g)].map(([, place]) => place);
		return [{ line: index + 1, chapter: cells[2], places, state: cells[4] }];
	});
}

const text = await readFile(new URL('../../docs/exercises.md', import.meta.url), 'utf8');
const rows = rowsOf(text);
const { chapters } = await readManifest();

test('every place that the table of exercises names is in the course', () => {
	const missing = rows.flatMap(({ line, chapter: slug, places }) => {
		const chapter = chapters.find((chapter) => chapter.slug === slug);
		if (!chapter) return [`line ${line}: there is no chapter ${slug}`];
		const known = new Set([
			...chapter.exercises.map(({ id }) => id),
			...chapter.slides.map(({ id }) => `#${id}`),
		]);
		return places
			.filter((place) => !known.has(place))
			.map(
				(place) => `line ${line}: ${slug} has no ${place.startsWith('#') ? 'slide' : 'exercise'} ${place}`,
			);
	});
	assert.deepEqual(missing, []);
});

test('every row of the table has a place and a state, and all five sources have rows', () => {
	const tableLines = text.split('\n').filter((line) => line.startsWith('|')).length;
	const sources = text.match(/^## /gm)?.length ?? 0;
	assert.equal(sources, 5);
	// Each table has a head and a line under it; no row may be lost for its shape.
	assert.equal(rows.length, tableLines - 2 * sources);
	for (const { line, places, state } of rows) {
		assert(places.length > 0, `line ${line} names no place`);
		assert.match(state, /^(there|replaced by .+ because)/, `line ${line} has no state`);
	}
});
