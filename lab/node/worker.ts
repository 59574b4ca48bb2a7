// The worker thread that hosts labs: their endless loops and garbage collections are not the server's.
// Its other half is host.ts.

import { type MessagePort, parentPort } from 'node:worker_threads';
import type { Pace } from '../clock.ts';
import { SystemError } from '../runtime/process.ts';
import { type ConnectAnswer, carry } from './byte-channel.ts';
import { type ServedLab, serveLab } from './served-lab.ts';
import { giveBackMemory } from './spare-memory.ts';

/** From the host. `id`s are the host's. */
export type HostMessage =
	| { type: 'create'; id: number; nodes: number; pace: Pace }
	/** `lab` is the id that it was created under. */
	| { type: 'pace'; id: number; lab: number; pace: Pace }
	| { type: 'remove'; id: number }
	/** A connection from outside, answered on the channel (byte-channel.ts). */
	| { type: 'visit'; lab: number; host: string; port: number | undefined; channel: MessagePort };

/** To the host. */
export type WorkerMessage =
	| { type: 'created'; id: number; server: string; kubeconfig: string }
	| { type: 'paced'; id: number }
	| { type: 'removed'; id: number }
	| { type: 'failed'; id: number; message: string }
	/** An error inside some lab; the labs go on. */
	| { type: 'error'; message: string };

const host = parentPort;
if (!host)
	throw new Error('lab/node/worker.ts runs as a worker thread: start it by createLabHost of host.ts');

const labs = new Map<number, ServedLab>();
const tell = (message: WorkerMessage) => host.postMessage(message);
const describe = (error: unknown) =>
	error instanceof Error ? (error.stack ?? error.message) : String(error);
const report = (error: unknown) => tell({ type: 'error', message: describe(error) });

async function carryOut(message: Exclude<HostMessage, { type: 'visit' }>): Promise<void> {
	if (message.type === 'create') {
		const { id, nodes, pace } = message;
		const lab = await serveLab({ nodes, pace, report });
		labs.set(id, lab);
		tell({ type: 'created', id, server: lab.server, kubeconfig: lab.kubeconfig });
	} else if (message.type === 'pace') {
		labs.get(message.lab)?.setPace(message.pace);
		tell({ type: 'paced', id: message.id });
	} else {
		await labs.get(message.id)?.stop();
		labs.delete(message.id);
		tell({ type: 'removed', id: message.id });
	}
}

async function visit({
	lab: id,
	host,
	port,
	channel,
}: Extract<HostMessage, { type: 'visit' }>): Promise<void> {
	const answer = (message: ConnectAnswer) => channel.postMessage(message);
	const gone = new AbortController();
	channel.once('close', () => gone.abort(new Error('nobody waits any more')));
	try {
		const lab = labs.get(id);
		if (!lab) throw new Error('The lab has ended.');
		const { connection, authority } = await lab.visit(host, port, gone.signal);
		answer({ state: 'connected', authority });
		carry(connection, channel);
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		answer({ state: 'refused', message: error instanceof SystemError ? `${host}: ${reason}.` : reason });
	}
}

giveBackMemory();
host.on('message', (message: HostMessage) => {
	if (message.type === 'visit') return void visit(message);
	carryOut(message).catch((error) =>
		tell({ type: 'failed', id: message.id, message: error instanceof Error ? error.message : String(error) }),
	);
});

// Labs share nothing but this thread, so an error that one of them lets through is no reason to end the others.
process.on('uncaughtException', report);
process.on('unhandledRejection', report);
