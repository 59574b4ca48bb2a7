import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutSpeakerNotes } from './speaker.ts';
import { render } from './testing.ts';

test('notes are hidden in the deck', async () => {
	assert.match(
		await render('## A\n\n:::speaker\nask\n:::'),
		/<aside class="speaker-notes" hidden(?:="")?><p>ask<\/p><\/aside>/,
	);
});

test('a page goes without them, with the asides inside and none of those outside', () => {
	const html =
		'<p>a</p><aside class="speaker-notes" hidden><aside class="starlight-aside">x</aside>y</aside><aside class="starlight-aside">b</aside><aside class="speaker-notes" hidden>z</aside>c';
	assert.equal(withoutSpeakerNotes(html), '<p>a</p><aside class="starlight-aside">b</aside>c');
});
