// The gRPC health checking protocol (github.com/grpc/grpc/blob/master/doc/health-checking.md), both its sides.
import { concat } from '../../bytes.ts';
import type { Connection } from '../network.ts';
import { CallError, type Method, openClient } from './calls.ts';

const checkMethod = '/grpc.health.v1.Health/Check';
const statuses = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'] as const;
export type HealthStatus = (typeof statuses)[number];

/** HealthCheckRequest has the service, HealthCheckResponse the status, each as field 1. */
const serviceTag = 0x0a;
const statusTag = 0x08;

/** For `serveCalls`: answers how a service is ('' for the server as a whole); undefined where it is not known. */
export function healthMethods(
	statusOf: (service: string) => HealthStatus | undefined,
): ReadonlyMap<string, Method> {
	const check: Method = (request) => {
		const service = request[0] === serviceTag ? new TextDecoder().decode(request.subarray(2)) : '';
		const status = statusOf(service);
		if (!status) throw new CallError('NotFound', 'unknown service');
		return new Uint8Array([statusTag, statuses.indexOf(status)]);
	};
	return new Map([[checkMethod, check]]);
}

/** Greets a server, for a check of it; throws where it does not speak gRPC. */
export async function openHealthClient(
	connection: Connection,
	signal?: AbortSignal,
): Promise<{
	/** Throws CallError. `service` is at most 127 bytes long. */
	check(authority: string, service: string): Promise<HealthStatus>;
}> {
	const client = await openClient(connection, signal);
	return {
		async check(authority, service) {
			const name = new TextEncoder().encode(service);
			const request = name.length > 0 ? concat([new Uint8Array([serviceTag, name.length]), name]) : name;
			const answer = await client.call(authority, checkMethod, request);
			return statuses[answer[0] === statusTag ? answer[1] : 0] ?? 'UNKNOWN';
		},
	};
}
