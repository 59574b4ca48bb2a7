// The headers that say what a page may load and who may frame it.
import { createHash } from 'node:crypto';

/** For every answer. */
export const security: Record<string, string> = {
	'x-content-type-options': 'nosniff',
	'referrer-policy': 'no-referrer',
	'cross-origin-opener-policy': 'same-origin',
	'cross-origin-resource-policy': 'same-origin',
	'x-frame-options': 'SAMEORIGIN',
};

const inlineScript = /<script\b(?![^>]*\bsrc\s*=)[^>]*>([\s\S]*?)<\/script>/gi;

/**
 * For a page: nothing from elsewhere. Of inline scripts only those that the build has put there may run, by
 * their hash. Inline styles are allowed: xterm.js and Expressive Code set them. `wasm-unsafe-eval`: the search
 * (Pagefind) is WebAssembly.
 */
export function pageSecurity(html: string): Record<string, string> {
	const hashes = new Set<string>();
	for (const [, script] of html.matchAll(inlineScript))
		hashes.add(`'sha256-${createHash('sha256').update(script).digest('base64')}'`);
	const policy = [
		"default-src 'self'",
		["script-src 'self' 'wasm-unsafe-eval'", ...hashes].join(' '),
		"style-src 'self' 'unsafe-inline'",
		"img-src 'self' data: blob:",
		"font-src 'self' data:",
		"object-src 'none'",
		"base-uri 'self'",
		"form-action 'self'",
		"frame-ancestors 'self'",
	];
	return { ...security, 'content-security-policy': policy.join('; ') };
}
