// What stands in the tab where a page of the lab cannot be shown.
import { escapeHtml } from '../escape-html.ts';

/** `again`: with a link that tries once more. */
export function noticePage({
	title,
	message,
	again,
}: {
	title: string;
	message: string;
	again: boolean;
}): string {
	return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<style>
:root { color-scheme: light dark; font: 1.1rem/1.5 system-ui, sans-serif }
main { max-width: 34rem; margin: 20vh auto 0; padding: 0 1rem; overflow-wrap: anywhere }
a { color: LinkText }
</style>
<main>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(message)}</p>
${again ? '<p><a href="">Try again</a></p>\n' : ''}</main>
</html>
`;
}
