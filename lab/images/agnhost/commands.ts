// The commands of agnhost that serve nothing: they print something, wait, or try a connection.
import { pick } from '../../random.ts';
import { type Process, SystemError } from '../../runtime/process.ts';
import { Flags } from '../../runtime/programs/cobra-flags.ts';
import { strftime } from '../../runtime/programs/dates.ts';
import { deadline, resolveHost, TimedOut, UnknownHost } from '../../runtime/programs/http-client.ts';
import { readResolverConfiguration } from '../../runtime/programs/name-service.ts';
import { signalReceived } from '../../runtime/programs/server.ts';

export type Command = (process: Process, args: readonly string[]) => Promise<number>;

const pause: Command = async (process, args) => {
	new Flags(args, { kinds: {} });
	await process.write(1, 'Paused\n');
	return (await signalReceived(process, ['INT', 'TERM'])) === 'INT' ? 1 : 2;
};

const entrypointTester: Command = async (process) => {
	await process.write(1, `[${process.argv.join(' ')}]\n`);
	return 0;
};

const dnsSuffix: Command = async (process) => {
	await process.write(1, `${readResolverConfiguration(process).searches.join(',')}\n`);
	return 0;
};

const dnsServerList: Command = async (process) => {
	await process.write(1, `${readResolverConfiguration(process).nameservers.join(',')}\n`);
	return 0;
};

const etcHosts: Command = async (process) => {
	await process.write(1, `${process.files.readText('/etc/hosts')}\n`);
	return 0;
};

/** Tries a connection, and says on failure what kind of failure it is. */
const connect: Command = async (process, args) => {
	const flags = new Flags(args, { kinds: { timeout: 'duration', protocol: 'string', 'udp-data': 'string' } });
	const fail = async (words: string) => {
		await process.write(2, `${words}\n`);
		return 1;
	};
	const destination = flags.operands[0] ?? '';
	const [, host, port] = /^(.*):(\d+)$/.exec(destination) ?? [];
	if (!['', 'tcp'].includes(flags.text('protocol')))
		return fail("UNKNOWN: the lab's network carries TCP only");
	if (host === undefined) return fail(`UNKNOWN: address ${destination}: missing port in address`);
	const limit = deadline(process, flags.number('timeout', 0) || undefined);
	try {
		const [address] = await resolveHost(process, host);
		(await process.network.connect(address, Number(port), limit.signal)).close();
		return 0;
	} catch (error) {
		if (error instanceof UnknownHost) return fail(`DNS: lookup ${host}: no such host`);
		if (error instanceof TimedOut) return fail('TIMEOUT');
		if (!(error instanceof SystemError) || error.code === 'EINTR') throw error;
		if (error.code === 'ETIMEDOUT') return fail('TIMEOUT');
		if (error.code === 'ECONNREFUSED') return fail('REFUSED');
		return fail(`OTHER: dial tcp ${destination}: connect: ${error.message.toLowerCase()}`);
	} finally {
		limit.stop();
	}
};

/** Log lines like an API server's, evenly over a time. */
const logsGenerator: Command = async (process, args) => {
	const flags = new Flags(args, {
		kinds: { 'log-lines-total': 'int', 'run-duration': 'duration' },
		letters: { t: 'log-lines-total', d: 'run-duration' },
	});
	const [total, duration] = [flags.number('log-lines-total', 0), flags.number('run-duration', 0)];
	const line = (severity: string, message: string) => {
		const time = strftime('%m%d %H:%M:%S', process.clock.now());
		const microseconds = `${strftime('%3N', process.clock.now())}000`;
		return `${severity}${time}.${microseconds} ${String(process.pid).padStart(7)} logs_generator.go:76] ${message}\n`;
	};
	if (total <= 0 || duration <= 0) {
		const what = total <= 0 ? `total number of lines: ${total}` : `duration: ${duration}s`;
		await process.write(2, line('F', `Invalid ${what}`));
		return 255;
	}
	for (let id = 0; id < total; id++) {
		const letters = Array.from({ length: 3 + Math.floor(process.random() * 2) }, () =>
			pick(process.random, [...'bcdfghjklmnpqrstvwxz2456789']),
		);
		const path = `/api/v1/namespaces/${pick(process.random, ['kube-system', 'default', 'ns'])}/pods/${letters.join('')}`;
		const status = 200 + Math.floor(process.random() * 400);
		await process.write(
			2,
			line('I', `${id} ${pick(process.random, ['GET', 'POST', 'PUT'])} ${path} ${status}`),
		);
		await process.sleep(duration / total);
	}
	return 0;
};

export const commands: Readonly<Record<string, Command>> = {
	connect,
	'dns-server-list': dnsServerList,
	'dns-suffix': dnsSuffix,
	'entrypoint-tester': entrypointTester,
	'etc-hosts': etcHosts,
	'logs-generator': logsGenerator,
	pause,
};
