// What a part of the HTTP API is made of.
import type { HeaderList } from '../../../network/http.ts';
import type { Agent } from '../agent/agent.ts';

export interface Answer {
	status?: number;
	json?: unknown;
	text?: string;
	bytes?: Uint8Array;
	stream?: AsyncIterable<Uint8Array>;
	type?: string;
	headers?: HeaderList;
}

export interface ApiCall {
	agent: Agent;
	query: URLSearchParams;
	/** What follows the route's path. */
	rest: string;
	/** Throws ApiError 413 beyond the limit in bytes. */
	body(limit?: number): Promise<Uint8Array>;
	/** Asks the servers. Rejects with Error. */
	call(method: string, args: unknown): Promise<unknown>;
}

export interface Route {
	method: 'GET' | 'PUT' | 'POST' | 'DELETE';
	/** With a slash at its end, it stands for all that begins with it. */
	path: string;
	answer(call: ApiCall): Answer | Promise<Answer>;
}

/** An answer that is no success. */
export class ApiError extends Error {
	readonly status: number;
	readonly headers: HeaderList;
	constructor(status: number, message: string, headers: HeaderList = []) {
		super(message);
		this.status = status;
		this.headers = headers;
	}
}

/** The headers that tell of which state an answer is. */
export function indexHeaders(index: number): HeaderList {
	return [
		['X-Consul-Index', String(Math.max(1, index))],
		['X-Consul-Lastcontact', '0'],
	];
}
