// The session's cookie (RFC 6265).

/** Cookies are shared by all ports of a host, so the name tells servers on one host apart. */
export function cookieName(port: number): string {
	return `slidecar-${port}`;
}

export function readCookie(header: string | undefined, name: string): string | undefined {
	for (const pair of header?.split(';') ?? []) {
		const at = pair.indexOf('=');
		if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
	}
	return undefined;
}

/** Out of reach of scripts and of other sites. `secure` where the browser speaks HTTPS (to a reverse proxy). */
export function sessionCookie(name: string, value: string, secure: boolean): string {
	return `${name}=${value}; Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
}
