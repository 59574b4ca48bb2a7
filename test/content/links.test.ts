// Every link of the built site leads somewhere: inside it to a page and a place on it, outside to a page that answers.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Element } from 'hast';
import { fromHtml } from 'hast-util-from-html';
import { visit } from 'unist-util-visit';
import { siteBase, siteFolder } from '../../server/site.ts';

interface PageLinks {
	ids: Set<string>;
	links: string[];
}

function read(html: string): PageLinks {
	const page: PageLinks = { ids: new Set(), links: [] };
	visit(fromHtml(html), 'element', ({ tagName, properties }: Element) => {
		if (properties.id) page.ids.add(String(properties.id));
		if (tagName === 'a' && properties.href !== undefined) page.links.push(String(properties.href));
	});
	return page;
}

const files = (await readdir(siteFolder, { recursive: true })).filter((name) => name.endsWith('.html'));
const pages = new Map<string, PageLinks>();
for (const name of files)
	pages.set(
		`${siteBase()}${name.replace(/index\.html$/, '')}`,
		read(await readFile(join(siteFolder, name), 'utf8')),
	);

const outside = new Set<string>();

test('links inside the site lead to a page and a place on it', () => {
	const broken: string[] = [];
	let inside = 0;
	for (const [path, { links }] of pages)
		for (const link of links) {
			const url = new URL(link, `http://site${path}`);
			if (url.host !== 'site') {
				outside.add(url.href);
				continue;
			}
			// The server answers these itself, where there is one: a page of the lab.
			if (url.pathname.startsWith(`${siteBase()}api/`)) continue;
			inside++;
			const page = pages.get(url.pathname);
			const file = join(siteFolder, url.pathname.slice(siteBase().length));
			if (!page && !existsSync(file)) broken.push(`${path} → ${link}: there is no such page`);
			// `#slide.2` is a slide's second increment.
			const place = decodeURIComponent(url.hash.slice(1)).replace(/\.\d+$/, '');
			if (page && place && !page.ids.has(place)) broken.push(`${path} → ${link}: there is no such place`);
		}
	assert(inside > 20);
	assert.deepEqual(broken, []);
});

test('links outside are encrypted, and their pages are there', async (t) => {
	assert(outside.size > 0);
	assert.deepEqual(
		[...outside].filter((link) => !link.startsWith('https://')),
		[],
	);
	const missing: string[] = [];
	const silent: string[] = [];
	await Promise.all(
		[...outside].map(async (link) => {
			const answer = await fetch(link, { method: 'HEAD', signal: AbortSignal.timeout(10_000) }).catch(
				() => undefined,
			);
			if (!answer) silent.push(link);
			else if (answer.status === 404 || answer.status === 410) missing.push(`${link}: ${answer.status}`);
		}),
	);
	assert.deepEqual(missing, []);
	if (silent.length > 0)
		t.skip(`${silent.length} of ${outside.size} links could not be asked for from here, as ${silent[0]}`);
});
