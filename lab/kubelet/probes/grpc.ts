// gRPC probes: a health check of grpc.health.v1 (kubernetes.io/docs/tasks/configure-pod-container/
// configure-liveness-readiness-startup-probes/#define-a-grpc-liveness-probe).
import { CallError } from '../../network/grpc/calls.ts';
import { openHealthClient } from '../../network/grpc/health.ts';
import type { Connection } from '../../network/network.ts';
import type { GRPCAction } from '../../schema/types.ts';
import type { ProbeTarget } from './probe.ts';

/** Undefined where the service is healthy, else why not; waits for a server until the signal, the timeout, is aborted. */
export async function probeGrpc(
	{ port, service = '' }: GRPCAction,
	{ connect, podAddress }: Pick<ProbeTarget, 'connect' | 'podAddress'>,
	timeoutSeconds: number,
	signal: AbortSignal,
): Promise<string | undefined> {
	const authority = `${podAddress}:${port}`;
	let connection: Connection | undefined;
	let greeted = false;
	try {
		connection = await connect(podAddress, port, signal);
		const client = await openHealthClient(connection, signal);
		greeted = true;
		const status = await client.check(authority, service);
		return status === 'SERVING' ? undefined : `service unhealthy (responded with "${status}")`;
	} catch (error) {
		if (greeted && signal.aborted) return `timeout: health rpc did not complete within ${timeoutSeconds}s`;
		if (greeted && error instanceof CallError) return failureOf(error);
		// The client dials again and again, until its time is over.
		await over(signal);
		return `timeout: failed to connect service "${authority}" within ${timeoutSeconds}s: context deadline exceeded`;
	} finally {
		connection?.destroy();
	}
}

const failureOf = ({ code, description, message }: CallError) =>
	code === 'Unimplemented'
		? `error: this server does not implement the grpc health protocol (grpc.health.v1.Health): ${description}`
		: `error: health rpc probe failed: ${message}`;

const over = (signal: AbortSignal) =>
	new Promise<void>((resolve) => {
		if (signal.aborted) resolve();
		else signal.addEventListener('abort', () => resolve(), { once: true });
	});
