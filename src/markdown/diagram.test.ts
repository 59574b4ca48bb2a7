import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mistake, render } from './testing.ts';

const drawing = (inner: string) => `<svg viewBox="0 0 10 10" width="10">${inner}</svg>`;
const arrow =
	'<defs><marker id="arrow"><path class="head" d="M0 0"/></marker></defs><path marker-end="url(#arrow)" d="M0 0"/>';

test('is put into the page with its words, and ids of its own', async () => {
	const files = { 'diagrams/a.svg': drawing(arrow) };
	const html = await render('![Two pods](diagrams/a.svg)\n\n![Again](./diagrams/a.svg)', { files });
	assert.match(
		html,
		/<figure class="diagram"><svg viewBox="0 0 10 10" role="img" aria-label="Two pods"><defs><marker id="diagram-1-arrow">/,
	);
	assert.match(html, /marker-end="url\(#diagram-1-arrow\)"/);
	assert.match(html, /aria-label="Again".*marker-end="url\(#diagram-2-arrow\)"/);
});

test('a picture needs words', async () => {
	const found = await mistake('text\n\n![](https://example.com/a.png)');
	assert.equal(found.line, 3);
	assert.match(found.problem, /a\.png has no text for those who do not see it/);
});

test('a drawing has to be there, and to be one that is safe and follows the theme', async () => {
	const problem = async (files: Record<string, string>) =>
		(await mistake('![Pods](diagrams/a.svg)', files)).problem;
	assert.match(await problem({}), /There is no drawing diagrams\/a\.svg/);
	for (const [inner, why] of [
		['<script>alert(1)</script>', /`<script>` is not for drawings/],
		['<rect onclick="x()"/>', /`<rect>` has the attribute `onClick`/],
		['<a href="x"><rect/></a>', /`<a>` is not for drawings/],
		['<rect fill="#fff"/>', /`fill="#fff"` is one colour/],
		['<rect style="fill: red"/>', /has the attribute `style`/],
	] as const)
		assert.match(await problem({ 'diagrams/a.svg': drawing(inner) }), why);
	assert.match(await problem({ 'diagrams/a.svg': '<svg><rect/></svg>' }), /no viewBox/);
	assert.match(await problem({ 'diagrams/a.svg': 'text' }), /it is no SVG/);
});
