// Whether the server is alive and ready: /livez, /readyz and /healthz, each of their checks below them, and all of
// them told by `?verbose` (https://kubernetes.io/docs/reference/using-api/health-checks).
import { pathNotFound } from '../errors.ts';
import type { ApiRequest, ApiResponse } from '../http.ts';
import { plainText } from './response.ts';

/** What is checked, in the order in which it is told: a server that answers at all has done all of it. */
const alive = [
	'ping',
	'log',
	'etcd',
	'poststarthook/crd-informer-synced',
	'poststarthook/start-system-namespaces-controller',
	'poststarthook/start-service-ip-repair-controllers',
	'poststarthook/rbac/bootstrap-roles',
	'poststarthook/scheduling/bootstrap-system-priority-classes',
	'poststarthook/bootstrap-controller',
];
const ready = [...alive.slice(0, 3), 'etcd-readiness', 'informer-sync', ...alive.slice(3), 'shutdown'];

const checks: Readonly<Record<string, readonly string[]>> = { healthz: alive, livez: alive, readyz: ready };

/** The paths of all checks. */
export const healthPaths: readonly string[] = Object.entries(checks).flatMap(([name, parts]) => [
	`/${name}`,
	...parts.map((part) => `/${name}/${part}`),
]);

/** The answer at one of those paths, undefined at others. Throws NotFound where there is no such check. */
export function serveHealth({ path, query }: ApiRequest): ApiResponse | undefined {
	const [, name = '', part] = /^\/(healthz|livez|readyz)(?:\/(.*))?$/.exec(path) ?? [];
	const parts = checks[name];
	if (!parts) return undefined;
	if (part) {
		if (!parts.includes(part)) throw pathNotFound();
		return plainText(200, 'ok');
	}
	if (!query.has('verbose')) return plainText(200, 'ok');
	const excluded = query.getAll('exclude').flatMap((each) => each.split(','));
	const lines = parts.map((each) => `[+]${each} ${excluded.includes(each) ? 'excluded: ' : ''}ok`);
	const unknown = excluded.filter((each) => !parts.includes(each)).map((each) => JSON.stringify(each));
	if (unknown.length > 0)
		lines.push(`warn: some health checks cannot be excluded: no matches for ${unknown.join(', ')}`);
	return plainText(200, `${[...lines, `${name} check passed`].join('\n')}\n`);
}
