// Which backend an Ingress gives a request to (kubernetes.io/docs/concepts/services-networking/ingress,
// "Path types" and "Hostname wildcards").
import type { HTTPIngressPath, Ingress, IngressBackend } from '../schema/types.ts';

export interface Route {
	namespace: string;
	backend: IngressBackend;
}

/** `*.example.com` stands for exactly one more label. */
export function matchesHost(pattern: string, host: string): boolean {
	if (!pattern.startsWith('*.')) return pattern === host;
	const dot = host.indexOf('.');
	return dot > 0 && host.slice(dot) === pattern.slice(1);
}

/** By whole elements: `/shop` is a prefix of `/shop/a`, not of `/shopping`. */
function matchesPath({ path = '/', pathType }: HTTPIngressPath, target: string): boolean {
	if (pathType === 'Exact') return path === target;
	const prefix = path.replace(/\/+$/, '');
	return target === prefix || target.startsWith(`${prefix}/`);
}

/** A host's own rules before those of a wildcard, and these before those for every host. */
const hostRank = (host: string) => (host === '' ? 2 : host.startsWith('*.') ? 1 : 0);

/** Undefined where no rule matches and there is no default backend. `path` is without the query. */
export function routeOf(ingresses: readonly Ingress[], host: string, path: string): Route | undefined {
	const rules = ingresses.flatMap(({ metadata: { namespace }, spec }) =>
		(spec.rules ?? []).map(({ host: pattern = '', http }) => ({
			namespace,
			host: pattern,
			paths:
				http?.paths ??
				(spec.defaultBackend ? [{ path: '/', pathType: 'Prefix', backend: spec.defaultBackend }] : []),
		})),
	);
	const fitting = rules.filter((rule) => rule.host === '' || matchesHost(rule.host, host));
	const nearest = Math.min(...fitting.map((rule) => hostRank(rule.host)));
	const candidates = fitting
		.filter((rule) => hostRank(rule.host) === nearest)
		.flatMap(({ namespace, paths }) =>
			paths
				.filter((candidate) => matchesPath(candidate, path))
				.map((candidate) => ({ namespace, ...candidate })),
		)
		.sort(
			(a, b) =>
				(b.path ?? '').length - (a.path ?? '').length ||
				Number(b.pathType === 'Exact') - Number(a.pathType === 'Exact'),
		);
	if (candidates.length > 0) return { namespace: candidates[0].namespace, backend: candidates[0].backend };
	const fallback = ingresses.find(({ spec }) => spec.defaultBackend);
	return fallback && { namespace: fallback.metadata.namespace, backend: fallback.spec.defaultBackend! };
}
