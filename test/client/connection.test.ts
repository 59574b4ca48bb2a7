import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeInput, type ServerMessage } from '../../server/protocol.ts';
import { Connection, type ConnectionState } from '../../src/client/connection.ts';
import { browserStore } from '../../src/client/store.ts';
import { LabServer, type LabServerOptions } from './lab-server.ts';

/** A server with a connection to it that retries quickly, both closed with the test. */
async function connect(
	t: { after(act: () => unknown): void },
	options: LabServerOptions = {},
	patience = 10_000,
) {
	const server = await LabServer.start(options);
	const retries = { firstRetry: 10, longestRetry: 40 };
	const store = browserStore();
	const connection = new Connection({
		server: server.address,
		random: () => 0.5,
		store,
		patience,
		...retries,
	});
	t.after(() => {
		connection.close();
		return server.close();
	});
	const states: string[] = [];
	connection.on('state', ({ name }) => states.push(name));
	connection.start();
	return { server, connection, states };
}

function becomes(connection: Connection, name: ConnectionState['name']): Promise<ConnectionState> {
	return new Promise((resolve) => {
		const stop = connection.on('state', (state) => {
			if (state.name !== name) return;
			stop();
			resolve(state);
		});
	});
}

function message<Type extends ServerMessage['type']>(connection: Connection, type: Type) {
	return new Promise<Extract<ServerMessage, { type: Type }>>((resolve) => {
		const stop = connection.on('message', (received) => {
			if (received.type !== type) return;
			stop();
			resolve(received as Extract<ServerMessage, { type: Type }>);
		});
	});
}

test('gets a ticket, authenticates, and is ready', async (t) => {
	const { server, connection, states } = await connect(t);
	const ready = await message(connection, 'ready');
	assert.equal(ready.lab.kind, 'embedded');
	assert.deepEqual(states, ['connecting', 'ready']);
	assert.deepEqual(server.received[0], { type: 'auth', ticket: 'one' });
});

test('sends nothing before it is ready, and says so', async (t) => {
	const { server, connection } = await connect(t);
	assert.equal(connection.send({ type: 'close', terminal: 1 }), false);
	assert.equal(connection.sendFrame(encodeInput(1, new Uint8Array(1))), false);
	await becomes(connection, 'ready');
	assert.equal(connection.send({ type: 'close', terminal: 1 }), true);
	await server.has('close');
	assert.equal(server.received.filter(({ type }) => type === 'close').length, 1);
});

test('comes back after a cut, by a new ticket, and while the server is away keeps trying', async (t) => {
	const { server, connection, states } = await connect(t);
	await becomes(connection, 'ready');
	server.reachable = false;
	const waiting = becomes(connection, 'waiting');
	server.cut();
	await waiting;
	await becomes(connection, 'waiting');
	server.reachable = true;
	await becomes(connection, 'ready');
	assert.equal(states.filter((state) => state === 'ready').length, 2);
	assert.equal(server.received.filter(({ type }) => type === 'auth').length, 2);
});

test('a server that stops answering is taken for lost', async (t) => {
	const { server, connection } = await connect(t, {}, 150);
	await becomes(connection, 'ready');
	server.silent = true;
	const lost = becomes(connection, 'waiting');
	connection.send({ type: 'reset', id: 'r', chapter: 'chapter' });
	await lost;
	server.silent = false;
	await becomes(connection, 'ready');
});

test('a file server is no lab, and is asked once', async (t) => {
	let asked = 0;
	const ticket = () => {
		asked++;
		return { status: 405, body: 'Method Not Allowed' };
	};
	const { connection } = await connect(t, { ticket });
	await becomes(connection, 'absent');
	connection.retryNow();
	assert.equal(asked, 1);
	assert.equal(connection.state.name, 'absent');
});

test('a page that answers any address with HTML is no lab either', async (t) => {
	const { connection } = await connect(t, { ticket: () => ({ status: 200, body: '<!doctype html>' }) });
	await becomes(connection, 'absent');
});

test('a refusal is said in the server’s words', async (t) => {
	const body = JSON.stringify({ message: 'Enter the access code.' });
	const { connection } = await connect(t, { ticket: () => ({ status: 401, body }) });
	assert.deepEqual(await becomes(connection, 'refused'), {
		name: 'refused',
		message: 'Enter the access code.',
	});
});

test('a full server is tried again, with its reason told meanwhile', async (t) => {
	let asked = 0;
	const ticket = () =>
		++asked === 1
			? { status: 503, body: JSON.stringify({ message: 'All labs are taken.' }) }
			: { status: 200, body: JSON.stringify({ ticket: 'one' }) };
	const { connection } = await connect(t, { ticket });
	assert.deepEqual(await becomes(connection, 'waiting'), { name: 'waiting', message: 'All labs are taken.' });
	await becomes(connection, 'ready');
});

test('once closed it stays closed', async (t) => {
	const { server, connection, states } = await connect(t);
	await becomes(connection, 'ready');
	connection.close();
	server.cut();
	assert.equal(states.at(-1), 'ready');
});

test('when the network has changed it comes back by a new socket', async (t) => {
	const { server, connection } = await connect(t);
	await becomes(connection, 'ready');
	const ready = becomes(connection, 'ready');
	connection.renew();
	await ready;
	assert.equal(server.received.filter(({ type }) => type === 'auth').length, 2);
});
