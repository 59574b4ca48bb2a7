// nc, ping and netstat: connections by hand, and what the network looks like.
import type { Connection } from '../../network/network.ts';
import { SystemError } from '../process.ts';
import { deadline, resolveHost, TimedOut, UnknownHost } from './http-client.ts';
import type { Options } from './options.ts';
import { type Call, type Tool, ToolFailure } from './tool.ts';

/** Carries standard input out and the answer in, until the other side ends. */
async function carry(call: Call, connection: Connection): Promise<void> {
	const { process } = call;
	const sending = (async () => {
		for (;;) {
			const data = await process.read(0);
			if (data.length === 0) return connection.end();
			await connection.write(data);
		}
	})();
	sending.catch(() => {});
	for (;;) {
		const data = await connection.read();
		if (data.length === 0) break;
		await process.write(1, data);
	}
	connection.close();
}

/** `nc -u`: each read of standard input is a datagram; a listener speaks with whom it has heard first. */
async function carryDatagrams(call: Call, options: Options, operands: readonly string[]): Promise<number> {
	const { process } = call;
	const listening = options.has('l');
	const port = Number(listening ? (options.value('p') ?? operands.at(-1)) : operands[1]);
	if (!Number.isInteger(port)) throw call.usageFailure(listening ? 'missing port' : 'missing port number');
	const host = operands[0];
	let address = host;
	const idleMs = options.value('w') === undefined ? undefined : Number(options.value('w')) * 1000;
	const socket = process.network.bind(listening ? port : Number(options.value('p') ?? 0));
	const receive = async () => {
		const { signal, stop } = deadline(process, idleMs);
		try {
			return await socket.receive(signal);
		} finally {
			stop();
		}
	};
	const say = (text: string) => (options.has('v') ? process.write(2, text) : undefined);
	try {
		let peer = { address, port };
		if (listening) {
			if (!call.busybox) await say(`Bound on 0.0.0.0 ${port}\n`);
			const first = await socket.receive();
			peer = first;
			await say(`Connection received on ${first.address} ${first.port}\n`);
			await process.write(1, first.data);
		} else {
			[address] = await resolveHost(process, host);
			peer = { address, port };
			await say(
				call.busybox
					? `${host} (${address}:${port}) open\n`
					: `Connection to ${host} (${address}) ${port} port [udp/*] succeeded!\n`,
			);
			if (options.has('z')) return 0;
		}
		const sending = (async () => {
			for (;;) {
				const data = await process.read(0);
				if (data.length === 0) return;
				socket.send(data, peer.address, peer.port);
			}
		})();
		sending.catch(() => {});
		for (;;) await process.write(1, (await receive()).data);
	} catch (error) {
		if (error instanceof TimedOut) return 0;
		// A port that nobody listens on has said so: OpenBSD's ends without a word.
		if (error instanceof SystemError && error.code === 'ECONNREFUSED')
			return call.busybox ? call.fail(`read: ${error.message}`) : 1;
		const words = wordsOf(call, error, { host, address, port }, true);
		return words === undefined ? 1 : call.fail(words);
	} finally {
		socket.close();
	}
}

export const nc: Tool = {
	name: 'nc',
	usage: '[-iN] [-wN] [-l] [-p PORT] [-f FILE|IPADDR PORT] [-e PROG]',
	async run(call) {
		const options = call.options({ short: 'lkp:w:zvnq:Nu46i:s:' });
		const { process } = call;
		const verbose = options.has('v');
		const seconds = options.value('w');
		const operands = [...options.operands];
		if (options.has('u')) return carryDatagrams(call, options, operands);
		if (options.has('l')) {
			const port = Number(options.value('p') ?? operands.at(-1));
			if (!Number.isInteger(port)) throw call.usageFailure('missing port');
			const listener = process.network.listen(port);
			if (verbose)
				await process.write(
					2,
					call.busybox ? `listening on [::]:${port} ...\n` : `Listening on 0.0.0.0 ${port}\n`,
				);
			do {
				const connection = await listener.accept();
				if (verbose)
					await process.write(
						2,
						`Connection received on ${connection.remoteAddress} ${connection.remotePort}\n`,
					);
				await carry(call, connection);
			} while (options.has('k'));
			return 0;
		}
		const [host, ports = ''] = operands;
		if (host === undefined || ports === '') throw call.usageFailure('missing port number');
		const [from, to = from] = ports.split('-').map(Number);
		if (!(from >= 0) || !(to <= 65535))
			return call.fail(call.busybox ? `bad port '${ports}'` : `port number invalid: ${ports}`);
		let code = 1;
		for (let port = from; port <= to; port++) {
			const { signal, stop } = deadline(process, seconds === undefined ? undefined : Number(seconds) * 1000);
			let address = host;
			try {
				[address] = await resolveHost(process, host);
				const connection = await process.network.connect(address, port, signal);
				stop();
				code = 0;
				if (verbose)
					await process.write(
						2,
						call.busybox
							? `${host} (${address}:${port}) open\n`
							: `Connection to ${host} (${address}) ${port} port [tcp/*] succeeded!\n`,
					);
				if (options.has('z')) connection.close();
				else await carry(call, connection);
			} catch (error) {
				const silent = options.has('z') && !verbose;
				const words = wordsOf(call, error, { host, address, port }, verbose || call.busybox);
				if (words !== undefined && !silent) await call.complain(words);
				code = 1;
			} finally {
				stop();
			}
		}
		return code;
	},
};

/** What nc says to a failed connection; nothing of a plain refusal without -v in OpenBSD's. */
function wordsOf(
	call: Call,
	error: unknown,
	{ host, address, port }: { host: string; address: string; port: number },
	loud: boolean,
): string | undefined {
	if (error instanceof UnknownHost)
		return call.busybox
			? `bad address '${host}'`
			: `getaddrinfo for host "${host}" port ${port}: Name or service not known`;
	if (error instanceof TimedOut)
		return call.busybox
			? 'timed out'
			: loud
				? `connect to ${host} port ${port} (tcp) timed out: Operation now in progress`
				: undefined;
	if (!(error instanceof SystemError) || error.code === 'EINTR') throw error;
	if (call.busybox) return `can't connect to remote host (${address}): ${error.message}`;
	return loud ? `connect to ${host} port ${port} (tcp) failed: ${error.message}` : undefined;
}

export const ping: Tool = {
	name: 'ping',
	usage: '[OPTIONS] HOST',
	async run(call) {
		const options = call.options({ short: 'c:i:W:w:s:qn4' }, 2);
		const { process } = call;
		const [host] = options.operands;
		if (host === undefined) throw call.usageFailure('missing host', 2);
		let address: string;
		try {
			[address] = await resolveHost(process, host);
		} catch (error) {
			if (!(error instanceof UnknownHost)) throw error;
			throw new ToolFailure(
				call.busybox ? `bad address '${host}'` : `${host}: Name or service not known`,
				call.busybox ? 1 : 2,
			);
		}
		const count = Number(options.value('c') ?? Number.POSITIVE_INFINITY);
		const interval = Number(options.value('i') ?? 1) * 1000;
		const size = Number(options.value('s') ?? 56);
		const times: number[] = [];
		let sent = 0;
		let interrupted = false;
		process.onSignal('INT', () => {
			interrupted = true;
		});
		await call.print(
			call.busybox
				? `PING ${host} (${address}): ${size} data bytes\n`
				: `PING ${host} (${address}) ${size}(${size + 28}) bytes of data.\n`,
		);
		const start = process.clock.now();
		try {
			while (sent < count && !interrupted) {
				const { signal, stop } = deadline(process, Number(options.value('W') ?? 10) * 1000);
				const number = sent++;
				try {
					await process.network.echo(address, signal);
					// The lab's network takes no time; a real one takes some tens of microseconds.
					const time = 0.03 + process.random() * 0.07;
					times.push(time);
					if (!options.has('q'))
						await call.print(
							call.busybox
								? `${size + 8} bytes from ${address}: seq=${number} ttl=64 time=${time.toFixed(3)} ms\n`
								: `${size + 8} bytes from ${address}: icmp_seq=${number + 1} ttl=64 time=${time.toFixed(3)} ms\n`,
						);
				} catch (error) {
					if (error instanceof SystemError && error.code === 'ENETUNREACH')
						return call.fail(
							call.busybox ? `sendto: ${error.message}` : `connect: ${error.message}`,
							call.busybox ? 1 : 2,
						);
					if (error instanceof SystemError && error.code === 'EINTR') break;
					if (!(error instanceof SystemError || error instanceof TimedOut)) throw error;
					if (!call.busybox && error instanceof SystemError)
						await call.print(
							`From ${process.network.ip} icmp_seq=${number + 1} Destination Host Unreachable\n`,
						);
				} finally {
					stop();
				}
				await call.flush();
				if (sent < count && !interrupted) await process.sleep(interval);
			}
		} catch (error) {
			if (!(error instanceof SystemError) || error.code !== 'EINTR') throw error;
		}
		const lost = sent === 0 ? 0 : Math.round(((sent - times.length) / sent) * 100);
		await call.print(
			`\n--- ${host} ping statistics ---\n${sent} packets transmitted, ${times.length}${call.busybox ? ' packets' : ''} received, ${lost}% packet loss${call.busybox ? '' : `, time ${process.clock.now() - start}ms`}\n`,
		);
		if (times.length > 0) {
			const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
			const [least, most] = [Math.min(...times), Math.max(...times)].map((time) => time.toFixed(3));
			const deviation = Math.sqrt(
				times.reduce((sum, time) => sum + (time - mean) ** 2, 0) / times.length,
			).toFixed(3);
			await call.print(
				call.busybox
					? `round-trip min/avg/max = ${least}/${mean.toFixed(3)}/${most} ms\n`
					: `rtt min/avg/max/mdev = ${least}/${mean.toFixed(3)}/${most}/${deviation} ms\n`,
			);
		}
		return times.length > 0 ? 0 : 1;
	},
};

export const netstat: Tool = {
	name: 'netstat',
	usage: '[-ral] [-tuwx] [-en]',
	async run(call) {
		const options = call.options({
			short: 'alntupwxerW',
			long: { all: 'a', listening: 'l', numeric: 'n', tcp: 't', programs: 'p' },
		});
		const { network } = call.process;
		const listening = options.has('l');
		const row = (local: string, remote: string, state: string) =>
			`tcp        0      0 ${local.padEnd(23)} ${remote.padEnd(23)} ${state.padEnd(11)}${options.has('p') ? ' -' : ''}\n`;
		await call.print(
			`Active Internet connections (${listening ? 'only servers' : options.has('a') ? 'servers and established' : 'w/o servers'})\nProto Recv-Q Send-Q Local Address           Foreign Address         State       ${options.has('p') ? 'PID/Program name    ' : ''}\n`,
		);
		if (listening || options.has('a'))
			for (const { address, port } of network.listeners())
				await call.print(row(`${address}:${port}`, '0.0.0.0:*', 'LISTEN'));
		if (!listening)
			for (const { localAddress, localPort, remoteAddress, remotePort } of network.connections())
				await call.print(
					row(`${localAddress}:${localPort}`, `${remoteAddress}:${remotePort}`, 'ESTABLISHED'),
				);
		return 0;
	},
};
