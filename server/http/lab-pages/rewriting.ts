// Links of a lab's page, which knows nothing of the path that the server shows it under: those from the root of
// its host, and those that name its host, are led below that path. Relative ones work as they are. What scripts
// put together is not found.

/** A tag; bounded, so that text full of `<` costs no more than its length. */
const tag = /<[a-z][^<>]{0,8192}>/gi;
const linkAttribute =
	/([\s"'](?:href|src|action|formaction|poster|data|background)=)("[^"]*"|'[^']*'|[^\s"'>]+)/gi;
const styleUrl = /(\burl\(\s{0,8}["']?|@import\s{1,8}["'])([^"')\s]{1,4096})/gi;

/** Where a link leads, below `prefix` (no slash at its end) where it stays on `authority`; else unchanged. */
export function rewriteLink(link: string, prefix: string, authority: string): string {
	if (/^\/(?!\/)/.test(link)) return `${prefix}${link}`;
	for (const origin of [`http://${authority}`, `//${authority}`])
		if (link === origin || ['/', '?', '#'].some((next) => link.startsWith(origin + next))) {
			const rest = link.slice(origin.length);
			return `${prefix}${rest.startsWith('/') ? '' : '/'}${rest}`;
		}
	return link;
}

/** CSS likewise. */
export function rewriteStyles(css: string, prefix: string, authority: string): string {
	return css.replace(
		styleUrl,
		(_, before: string, link: string) => before + rewriteLink(link, prefix, authority),
	);
}

/** HTML; the text may be any encoding that leaves ASCII as it is. */
export function rewriteHtml(html: string, prefix: string, authority: string): string {
	return html.replace(tag, (text) =>
		text.replace(linkAttribute, (_, before: string, value: string) => {
			const quote = /^["']/.exec(value)?.[0] ?? '';
			const link = quote ? value.slice(1, -1) : value;
			return `${before}${quote}${rewriteLink(link, prefix, authority)}${quote}`;
		}),
	);
}
