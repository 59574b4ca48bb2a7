// How Jenkins answers over HTTP: 503 until it runs, the login page to anybody, the rest to whoever has signed in.

import { encodeBase64 } from '../../base64.ts';
import { collect } from '../../bytes.ts';
import { type HeaderList, type HttpRequest, type HttpResponse, header } from '../../network/http.ts';
import { decode, encode } from '../../runtime/byte-text.ts';
import type { Process } from '../../runtime/process.ts';
import { httpDate } from '../../runtime/programs/dates.ts';
import type { Home } from './home.ts';
import { authenticationRequired, dashboard, gettingReady, unlock } from './pages.ts';

export interface Site {
	readonly process: Process;
	readonly version: string;
	/** '' or as `/jenkins`. */
	readonly prefix: string;
	/** Absent while it starts. */
	home?: Home;
	/** Session identifiers of those who have signed in. */
	readonly sessions: Set<string>;
	/** Changes with every start. */
	readonly sessionMark: string;
}

const reasons: Record<number, string> = { 403: 'Forbidden', 404: 'Not Found', 503: 'Service Unavailable' };

function answer(site: Site, status: number, type: string, body: string, more: HeaderList = []): HttpResponse {
	return {
		status,
		reason: reasons[status],
		headers: [
			['Server', 'Jetty(12.1.5)'],
			['Date', httpDate(site.process.clock.now())],
			['X-Content-Type-Options', 'nosniff'],
			...(site.home
				? ([
						['X-Hudson', '1.395'],
						['X-Jenkins', site.version],
						['X-Jenkins-Session', site.sessionMark],
					] as HeaderList)
				: []),
			...more,
			['Content-Type', type],
		],
		body: encode(body),
	};
}

const html = (site: Site, status: number, body: string, more?: HeaderList) =>
	answer(site, status, 'text/html;charset=utf-8', body, more);
const json = (site: Site, value: unknown) =>
	answer(site, 200, 'application/json;charset=utf-8', JSON.stringify(value));
const redirect = (site: Site, location: string, more: HeaderList = []) =>
	answer(site, 302, 'text/html;charset=utf-8', '', [['Location', location], ...more]);

function isAdmin(site: Site, home: Home, request: HttpRequest): boolean {
	const session = /(?:^|;\s*)JSESSIONID\.\w+=(\w+)/.exec(header(request.headers, 'cookie') ?? '')?.[1];
	if (session !== undefined && site.sessions.has(session)) return true;
	return header(request.headers, 'authorization') === `Basic ${encodeBase64(`admin:${home.password}`)}`;
}

async function signIn(site: Site, home: Home, request: HttpRequest): Promise<HttpResponse> {
	const form = new URLSearchParams(decode(await collect(request.body)));
	if (form.get('j_username') !== 'admin' || form.get('j_password') !== home.password)
		return redirect(site, `${site.prefix}/loginError`);
	const session = `node0${Math.floor(site.process.random() * 1e15).toString(36)}`;
	site.sessions.add(session);
	return redirect(site, `${site.prefix}/`, [
		['Set-Cookie', `JSESSIONID.${site.sessionMark}=${session}; Path=${site.prefix || '/'}; HttpOnly`],
	]);
}

const whoAmI = (admin: boolean) => ({
	_class: 'hudson.security.WhoAmI',
	anonymous: !admin,
	authenticated: true,
	authorities: [admin ? 'authenticated' : 'anonymous'],
	name: admin ? 'admin' : 'anonymous',
});

const overview = {
	_class: 'hudson.model.Hudson',
	assignedLabels: [{ name: 'built-in' }],
	mode: 'NORMAL',
	nodeDescription: "the Jenkins controller's built-in node",
	nodeName: '',
	numExecutors: 2,
	jobs: [],
	quietingDown: false,
	slaveAgentPort: 50000,
	useCrumbs: true,
	useSecurity: true,
	views: [{ _class: 'hudson.model.AllView', name: 'all' }],
};

export async function respond(site: Site, request: HttpRequest): Promise<HttpResponse> {
	const { home, prefix } = site;
	const path = request.target.split('?')[0];
	if (prefix !== '' && path === prefix) return redirect(site, `${prefix}/`);
	if (!path.startsWith(`${prefix}/`)) return html(site, 404, 'Error 404 Not Found\n');
	if (!home) return html(site, 503, gettingReady);
	const inside = path.slice(prefix.length);
	const admin = isAdmin(site, home, request);
	switch (inside.replace(/(.)\/$/, '$1')) {
		case '/login':
			return html(site, 200, unlock(prefix, home.path, false));
		case '/loginError':
			return html(site, 401, unlock(prefix, home.path, true));
		case '/j_spring_security_check':
			if (request.method === 'POST') return signIn(site, home, request);
			break;
		case '/whoAmI/api/json':
			return json(site, whoAmI(admin));
		case '/robots.txt':
			return answer(site, 200, 'text/plain', 'User-agent: *\nDisallow: /\n');
	}
	if (!admin) {
		const login = `${prefix}/login?from=${encodeURIComponent(request.target)}`;
		return html(site, 403, authenticationRequired(login));
	}
	if (inside === '/') return html(site, 200, dashboard(site.version));
	if (inside === '/api/json') return json(site, overview);
	return html(site, 404, 'Not Found\n');
}
