// The port by which a load balancer asks a node whether it has endpoints of a Service with
// externalTrafficPolicy Local (spec.healthCheckNodePort), as kube-proxy answers it.
import type { HttpResponse } from './http.ts';

/** `count` is how many ready endpoints the node has. */
export function answerHealthCheck({
	namespace,
	name,
	count,
}: {
	namespace: string;
	name: string;
	count: number;
}): HttpResponse {
	const status = count > 0 ? 200 : 503;
	const told = { service: { namespace, name }, localEndpoints: count, serviceProxyHealthy: true };
	return {
		status,
		reason: status === 200 ? 'OK' : 'Service Unavailable',
		headers: [
			['Content-Type', 'application/json'],
			['X-Content-Type-Options', 'nosniff'],
			['X-Load-Balancing-Endpoint-Weight', String(count)],
		],
		body: new TextEncoder().encode(`${JSON.stringify(told, null, '\t')}\n`),
	};
}
