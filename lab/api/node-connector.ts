// What the API server asks of a node's kubelet (on a real node, over the kubelet's own HTTPS port).
import type { ByteSource, ExecStreams, ExitStatus } from '../runtime/streams.ts';
import type { Pod } from '../schema/types.ts';
import type { ApiResponse } from './http.ts';

export interface LogOptions {
	container: string;
	follow: boolean;
	previous: boolean;
	timestamps: boolean;
	tailLines?: number;
	limitBytes?: number;
	sinceSeconds?: number;
	sinceTime?: string;
}

/** What one container uses: cores on average over the window, and bytes. */
export interface ContainerUsage {
	name: string;
	cores: number;
	memoryBytes: number;
	windowMs: number;
	/** Milliseconds since 1970. */
	startedAt: number;
}

/** A kubelet's own answer over HTTP, refusals included. */
export type NodeAnswer = Pick<ApiResponse, 'status' | 'headers' | 'body'>;

/** Each method throws an `ApiError` with what a kubelet says when the container is not there or does not run. */
export interface NodeConnector {
	logs(pod: Pod, options: LogOptions, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
	/** Checks that the container runs, and gives the function that runs the command in it. */
	exec(
		pod: Pod,
		container: string,
		command: string[],
	): Promise<(streams: ExecStreams) => Promise<ExitStatus>>;
	/** What the pod's running containers use; empty where none runs. */
	usage(pod: Pod): ContainerUsage[];
	/** What the kubelet answers to GET of a path of its own; `path` is percent-encoded. */
	get(path: string, query: URLSearchParams, signal: AbortSignal): Promise<NodeAnswer>;
	attach(pod: Pod, container: string): Promise<(streams: ExecStreams) => Promise<ExitStatus>>;
	connect(
		pod: Pod,
		port: number,
	): Promise<{ readable: ByteSource; write(data: Uint8Array): Promise<void>; end(): void }>;
}
