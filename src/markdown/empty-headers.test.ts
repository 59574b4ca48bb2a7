import assert from 'node:assert/strict';
import { test } from 'node:test';
import { render } from './testing.ts';

test('an empty header cell becomes an ordinary one, the others stay', async () => {
	const html = await render('| | A |\n|---|---|\n| x | |');
	assert.equal(
		/<table>.*<\/table>/s.exec(html)![0].replaceAll('\n', ''),
		'<table><thead><tr><td></td><th>A</th></tr></thead><tbody><tr><td>x</td><td></td></tr></tbody></table>',
	);
});
