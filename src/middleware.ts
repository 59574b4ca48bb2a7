// What Starlight's page has no place for: which view and chapter a reading page is, at its outermost elements.
import { defineMiddleware } from 'astro:middleware';
import { base, server, slugOf } from './site.ts';

export const onRequest = defineMiddleware(async ({ url }, next) => {
	const response = await next();
	const path = url.pathname.slice(base.length).replace(/\/$/, '');
	const slug = slugOf(path);
	if (slug === undefined || !response.headers.get('content-type')?.includes('text/html')) return response;
	const html = (await response.text())
		.replace('<html ', '<html data-view="page" ')
		.replace(/<body\b/, `<body data-chapter="${slug}" data-base="${base}" data-server="${server}"`);
	return new Response(html, response);
});
