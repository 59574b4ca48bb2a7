// What every command of kubectl works with: its client, its flags, and the ways to fail.

import { TlsError } from '../../network/tls.ts';
import type { Process } from '../../runtime/process.ts';
import { SystemError } from '../../runtime/process.ts';
import type { ApiCall, ClusterClient } from '../../runtime/programs/cluster-client.ts';
import type { Flags } from '../../runtime/programs/cobra-flags.ts';

/** Ends kubectl with words on standard error. */
export class Failure extends Error {
	readonly code: number;
	constructor(message: string, code = 1) {
		super(message);
		this.code = code;
	}
}

export interface Metadata {
	name: string;
	namespace?: string;
	resourceVersion?: string;
	[field: string]: unknown;
}

/** An object of any kind. */
export interface AnyObject {
	apiVersion: string;
	kind: string;
	metadata: Metadata;
	[field: string]: unknown;
}

interface Status {
	message?: string;
	reason?: string;
}

export class Context {
	readonly process: Process;
	readonly client: ClusterClient;
	readonly flags: Flags;

	constructor(process: Process, client: ClusterClient, flags: Flags) {
		this.process = process;
		this.client = client;
		this.flags = flags;
	}

	/** That of `-n`, else the pod's own. */
	get namespace(): string {
		return this.flags.text('namespace') || this.client.namespace;
	}

	print(text: string): Promise<void> {
		return this.process.write(1, text);
	}

	say(text: string): Promise<void> {
		return this.process.write(2, `${text}\n`);
	}

	/** The answer's text. Throws Failure in kubectl's words where the API refuses, or cannot be reached. */
	async ask(call: ApiCall): Promise<string> {
		const { status, text } = await reached(this.client.server, () => this.client.ask(call));
		if (status >= 400) throw refusal(status, text);
		return text;
	}

	async askFor<T>(call: ApiCall): Promise<T> {
		return JSON.parse(await this.ask(call)) as T;
	}

	/** The object, or undefined where there is none. */
	async find(target: string): Promise<AnyObject | undefined> {
		const { status, text } = await reached(this.client.server, () =>
			this.client.ask({ method: 'GET', target }),
		);
		if (status === 404) return undefined;
		if (status >= 400) throw refusal(status, text);
		return JSON.parse(text) as AnyObject;
	}
}

/** What the API server refuses, as kubectl says it. */
export function refusal(status: number, text: string): Failure {
	let said: Status = {};
	try {
		said = JSON.parse(text) as Status;
	} catch {
		// No Status: the text itself is what there is to say.
	}
	if (status === 401) return new Failure('error: You must be logged in to the server (Unauthorized)');
	if (said.message === undefined) return new Failure(`Error from server: ${text.trim() || status}`);
	if (said.reason === 'Invalid') return new Failure(said.message);
	return new Failure(`Error from server (${said.reason || 'InternalError'}): ${said.message}`);
}

/** Calls, and words what keeps the server from being reached. */
export async function reached<T>(server: string, call: () => Promise<T>): Promise<T> {
	try {
		return await call();
	} catch (error) {
		if (error instanceof TlsError)
			throw new Failure(
				`Unable to connect to the server: tls: failed to verify certificate: x509: ${error.message}`,
			);
		if (!(error instanceof SystemError) || error.code === 'EINTR') throw error;
		if (error.code === 'ECONNREFUSED')
			throw new Failure(
				`The connection to the server ${server} was refused - did you specify the right host or port?`,
			);
		throw new Failure(
			`Unable to connect to the server: dial tcp ${server}: ${error.code === 'ETIMEDOUT' ? 'i/o timeout' : error.message.toLowerCase()}`,
		);
	}
}
