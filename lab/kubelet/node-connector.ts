// What the API server asks of a kubelet on behalf of clients: logs, exec, attach, port-forward.
import { badRequest, notFound } from '../api/errors.ts';
import type { NodeConnector } from '../api/node-connector.ts';
import type { Clock } from '../clock.ts';
import type { Connection } from '../network/network.ts';
import type { Container } from '../runtime/container.ts';
import type { Pod } from '../schema/types.ts';
import type { ContainerWorker } from './container-worker.ts';
import { answerGet } from './http-api.ts';
import { readLog } from './logs.ts';
import type { PodWorker } from './pod-worker.ts';
import { dialError } from './probes/http.ts';

export function createNodeConnector(
	nodeName: string,
	clock: Clock,
	workerOf: (pod: Pod) => PodWorker | undefined,
	pods: () => Pod[],
): NodeConnector {
	const containerOf = (pod: Pod, name: string): ContainerWorker => {
		const worker = workerOf(pod);
		if (!worker) throw notFound({ group: '', plural: 'pods' }, pod.metadata.name);
		const container = worker.container(name);
		if (!container) throw badRequest(`container ${name} is not valid for pod ${pod.metadata.name}`);
		return container;
	};

	/** By now the API server has taken the client's connection over: what is wrong is said on it. */
	const running = (pod: Pod, name: string): Container => {
		const { current } = containerOf(pod, name);
		if (current?.state !== 'running')
			throw new Error(`unable to upgrade connection: container not found ("${name}")`);
		return current;
	};

	const connector: NodeConnector = {
		async logs(pod, options, signal) {
			const worker = containerOf(pod, options.container);
			const container = options.previous ? worker.previous : worker.current;
			if (!container) throw noLogYet(pod, worker, options.previous);
			return readLog(container.log, options, clock.now(), signal);
		},
		usage(pod) {
			const worker = workerOf(pod);
			return (worker?.containers ?? []).flatMap(({ container, current }) => {
				if (current?.state !== 'running' || current.startedAt === undefined) return [];
				const { memoryBytes, processorLoad, startedAt } = current;
				return [{ name: container.name, memoryBytes, ...processorLoad, startedAt }];
			});
		},
		async exec(pod, name, command) {
			return async (streams) => running(pod, name).exec(command, streams);
		},
		get: (path, query, signal) => answerGet(nodeName, pods(), connector, clock.now(), path, query, signal),
		async attach(pod, name) {
			// How the container ended, its status tells: an attach says only that the streams have.
			return async (streams) => {
				await running(pod, name).attach(streams);
				return { code: 0 };
			};
		},
		async connect(pod, port) {
			const network = workerOf(pod)?.environment?.network;
			if (!network) throw new Error(`pod not found ("${pod.metadata.name}_${pod.metadata.namespace}")`);
			const connection = await network.connect('127.0.0.1', port).catch((error) => {
				throw new Error(
					`error forwarding port ${port} to pod ${pod.metadata.uid}, uid : failed to execute portforward in network namespace "/var/run/netns/cni-${pod.metadata.uid}": failed to connect to localhost:${port} inside namespace "${pod.metadata.uid}", IPv4: ${dialError('127.0.0.1', port, error).replace('tcp', 'tcp4')}`,
				);
			});
			return {
				readable: received(connection),
				write: (data) => connection.write(data),
				async end() {
					connection.end();
				},
			};
		},
	};
	return connector;
}

async function* received(connection: Connection): AsyncGenerator<Uint8Array> {
	for (;;) {
		const data = await connection.read(65_536);
		if (data.length === 0) return;
		yield data;
	}
}

function noLogYet({ metadata }: Pod, worker: ContainerWorker, previous: boolean): Error {
	const { name } = worker.container;
	if (previous)
		return badRequest(`previous terminated container "${name}" in pod "${metadata.name}" not found`);
	const reason = worker.state.waiting?.reason ?? 'ContainerCreating';
	const pulling = reason === 'ErrImagePull' || reason === 'ImagePullBackOff';
	return badRequest(
		`container "${name}" in pod "${metadata.name}" is waiting to start: ${pulling ? 'trying and failing to pull image' : reason}`,
	);
}
