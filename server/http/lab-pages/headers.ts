// What goes on of the header fields between a browser and a lab's page, and what the server adds. The page is
// whatever a learner has put into the lab, so it is given an origin of its own: its scripts run, but reach
// neither the session's cookie nor the terminals, nor anything else than the page's own path.
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';

/** Of the browser's fields, those that mean something to the page. */
const passedIn = new Set([
	'accept',
	'accept-language',
	'cache-control',
	'content-encoding',
	'content-language',
	'content-length',
	'content-type',
	'if-match',
	'if-modified-since',
	'if-none-match',
	'if-range',
	'if-unmodified-since',
	'pragma',
	'range',
	'user-agent',
	'x-requested-with',
]);

/** Of the page's fields, those that say something about its content. */
const passedOut = new Set([
	'accept-ranges',
	'age',
	'allow',
	'content-disposition',
	'content-encoding',
	'content-language',
	'content-length',
	'content-range',
	'content-type',
	'date',
	'etag',
	'last-modified',
	'retry-after',
	'vary',
]);

function only(headers: IncomingHttpHeaders, names: ReadonlySet<string>): OutgoingHttpHeaders {
	return Object.fromEntries(
		Object.entries(headers).filter(([name, value]) => names.has(name) && value !== undefined),
	);
}

/** What the lab is asked with: no cookie but the page's own, no credentials, nothing of this server. */
export function towardsLab(
	headers: IncomingHttpHeaders,
	authority: string,
	cookie: string | undefined,
): OutgoingHttpHeaders {
	return {
		host: authority,
		...only(headers, passedIn),
		// So that links can be rewritten.
		'accept-encoding': 'identity',
		...(headers.origin === undefined ? {} : { origin: `http://${authority}` }),
		...(cookie === undefined ? {} : { cookie }),
		connection: 'close',
	};
}

/** What the browser gets of the page's answer. */
export function towardsBrowser(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
	return only(headers, passedOut);
}

/**
 * `sandbox` without `allow-same-origin` gives the document an opaque origin; everything that it loads or sends
 * must lie under its own path.
 * @param host the server's, as the request named it.
 * @param prefix the page's path, without a slash at its end.
 * @param origin the request's Origin: that of a sandboxed document is `null`.
 */
export function sandbox(
	host: string | undefined,
	prefix: string,
	origin: string | undefined,
): Record<string, string> {
	// A policy cannot name an IPv6 address.
	const own = host === undefined || host.startsWith('[') ? "'self'" : `${host}${prefix}/`;
	const policy = [
		'sandbox allow-scripts allow-forms allow-popups allow-modals allow-downloads',
		`default-src ${own} 'unsafe-inline' 'unsafe-eval' data: blob:`,
		`form-action ${own}`,
		`base-uri ${own}`,
		"frame-ancestors 'none'",
	];
	return {
		'content-security-policy': policy.join('; '),
		'x-content-type-options': 'nosniff',
		'referrer-policy': 'no-referrer',
		// To a document of an opaque origin its own pictures and fonts come from elsewhere.
		'cross-origin-resource-policy': 'cross-origin',
		'cache-control': 'no-store',
		...(origin === 'null' ? { 'access-control-allow-origin': 'null' } : {}),
	};
}
