// The code that a server beyond loopback asks for, and the small page that asks.

import { createHash, timingSafeEqual } from 'node:crypto';
import { RateLimit } from '../sessions/limits.ts';
import { escapeHtml } from './escape-html.ts';

const digest = (text: string) => createHash('sha256').update(text).digest();

export class AccessCode {
	readonly #digest: Buffer;
	/** Ten guesses, then one every six seconds. */
	readonly #attempts = new RateLimit({ perSecond: 1 / 6, burst: 10 });

	constructor(code: string) {
		this.#digest = digest(code);
	}

	/** In constant time. `limited`: too many guesses of late, this one was not looked at. */
	check(code: string): 'right' | 'wrong' | 'limited' {
		if (!this.#attempts.take()) return 'limited';
		return timingSafeEqual(digest(code), this.#digest) ? 'right' : 'wrong';
	}
}

/** A local path to go to after the code; anything else is the landing page. */
export function localPath(path: string): string {
	return /^\/(?![/\\])[\x21-\x7e]*$/.test(path) ? path : '/';
}

/**
 * Its referrer policy lets the browser name the page's origin when it sends the form (Fetch, section 3.2, append a
 * request's Origin header): under the server's own, `no-referrer`, it would send `null`, which is refused.
 * @param next where to go once the code is right.
 */
export function accessPage(next: string, message: string): string {
	return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="referrer" content="same-origin">
<title>Access code</title>
<style>
:root { color-scheme: light dark; font: 1.1rem/1.5 system-ui, sans-serif }
main { max-width: 24rem; margin: 20vh auto 0; padding: 0 1rem }
input, button { font: inherit; padding: 0.4rem 0.7rem; margin: 0.3rem 0; width: 100%; box-sizing: border-box }
</style>
<main>
<h1>Access code</h1>
<form method="post" action="/access">
<input type="hidden" name="next" value="${escapeHtml(localPath(next))}">
<label for="code">This server's terminals are for those who have its code.</label>
<input id="code" name="code" type="password" autocomplete="current-password" required autofocus>
<p role="alert">${escapeHtml(message)}</p>
<button>Enter</button>
</form>
</main>
</html>
`;
}
