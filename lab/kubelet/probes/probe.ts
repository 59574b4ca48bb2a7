// One probe of a container, by any of its ways (kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes).
import type { Clock } from '../../clock.ts';
import type { NetworkNamespace } from '../../network/network.ts';
import type { Container as RuntimeContainer } from '../../runtime/container.ts';
import type { Container, Probe } from '../../schema/types.ts';
import { runInContainer } from './exec.ts';
import { probeGrpc } from './grpc.ts';
import { dialError, httpGet, portNumber } from './http.ts';

export interface ProbeTarget {
	/** How the node's kubelet connects. */
	connect: NetworkNamespace['connect'];
	clock: Clock;
	container: Container;
	running: RuntimeContainer;
	podAddress: string;
}

/** Undefined where it succeeded, else what the Unhealthy event says. Ends at the probe's timeout. */
export async function runProbe(probe: Probe, target: ProbeTarget): Promise<string | undefined> {
	const { timeoutSeconds = 1 } = probe;
	const timeoutMs = timeoutSeconds * 1000;
	const timeout = new AbortController();
	const timer = target.clock.after(timeoutMs, () => timeout.abort(new Error('timed out')));
	const timedOut = new Promise<undefined>((resolve) => {
		timeout.signal.addEventListener('abort', () => resolve(undefined), { once: true });
	});
	try {
		if (probe.grpc) return await probeGrpc(probe.grpc, target, timeoutSeconds, timeout.signal);
		const result = await Promise.race([attempt(probe, target, timeout.signal), timedOut]);
		return result ? result.failure : timeoutMessage(probe, target, timeoutMs);
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	} finally {
		timer.cancel();
		timeout.abort(new Error('the probe has ended'));
	}
}

async function attempt(
	{ exec, httpGet: get, tcpSocket }: Probe,
	target: ProbeTarget,
	signal: AbortSignal,
): Promise<{ failure?: string }> {
	if (exec) {
		const { code, output, startError } = await runInContainer(target.running, exec.command ?? [], signal);
		if (startError) throw new Error(startError);
		return code === 0 ? {} : { failure: output };
	}
	if (get) {
		const options = { ...target, action: get, userAgent: 'kube-probe/1.36', signal };
		const { status } = await httpGet(options);
		return status >= 200 && status < 400 ? {} : { failure: `HTTP probe failed with statuscode: ${status}` };
	}
	if (!tcpSocket) throw new Error(`missing probe handler for ${target.container.name}`);
	const port = portNumber(target.container, tcpSocket.port);
	const address = tcpSocket.host || target.podAddress;
	try {
		(await target.connect(address, port, signal)).destroy();
		return {};
	} catch (error) {
		return { failure: dialError(address, port, error) };
	}
}

function timeoutMessage({ exec, httpGet: get, tcpSocket }: Probe, target: ProbeTarget, ms: number): string {
	if (exec)
		return `command timed out: ${JSON.stringify((exec.command ?? []).join(' '))} timed out after ${ms / 1000}s`;
	if (tcpSocket) {
		const address = tcpSocket.host || target.podAddress;
		return `dial tcp ${address}:${portNumber(target.container, tcpSocket.port)}: i/o timeout`;
	}
	const port = get ? portNumber(target.container, get.port) : 0;
	return `Get "${(get?.scheme ?? 'HTTP').toLowerCase()}://${get?.host || target.podAddress}:${port}${get?.path ?? '/'}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`;
}
