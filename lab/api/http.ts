// What passes between an HTTP front (lab/node, or a page's service worker) and the API server: no Node type.
import type { ByteSource, ExecStreams, ExitStatus } from '../runtime/streams.ts';

export interface UserInfo {
	username: string;
	uid?: string;
	groups: readonly string[];
	extra?: Readonly<Record<string, readonly string[]>>;
}

/** A request as it comes from a front, which leaves it to the server to find out who asks. */
export interface ClientRequest {
	method: string;
	/** Without the query, percent-encoded as it came. */
	path: string;
	query: URLSearchParams;
	/** Names in lower case. */
	headers: Readonly<Record<string, string | undefined>>;
	body?: Uint8Array;
	/** Whom the connection itself proves, as a client certificate does; undefined where it proves nobody. */
	user?: UserInfo;
	/** Whether the client has shown a certificate that proves nothing. */
	credentialsRefused?: boolean;
	/** Aborted when the client has gone, which ends a watch or a followed log. */
	signal: AbortSignal;
}

/** A request of somebody who may make it. */
export interface ApiRequest extends ClientRequest {
	user: UserInfo;
}

export interface ApiResponse {
	status: number;
	headers: Record<string, string>;
	/** Whole, or in chunks as they come (watch, followed logs). */
	body: string | Uint8Array | AsyncIterable<string | Uint8Array>;
}

/**
 * A request that turns into a stream (exec, attach, port-forward) has been checked and found its target.
 * The front speaks WebSocket or SPDY to the client, and calls one of these.
 */
export type Upgrade =
	| {
			kind: 'exec';
			stdin: boolean;
			stdout: boolean;
			stderr: boolean;
			tty: boolean;
			/** Runs the command, or attaches to what runs, until it ends. */
			run(streams: ExecStreams): Promise<ExitStatus>;
	  }
	| {
			kind: 'portforward';
			/** Opens a connection to the pod's port; throws an Error with what `kubectl port-forward` prints. */
			connect(
				port: number,
			): Promise<{ readable: ByteSource; write(data: Uint8Array): Promise<void>; end(): void }>;
	  };

/** The API server as an HTTP front sees it. */
export interface ApiServer {
	handle(request: ClientRequest): Promise<ApiResponse>;
	/** For a request to upgrade: what to stream, or the response that refuses it. */
	upgrade(request: ClientRequest): Promise<Upgrade | ApiResponse>;
}
