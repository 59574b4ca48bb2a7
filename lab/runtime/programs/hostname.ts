// hostname: the container's name, and what /etc/hosts and DNS make of it.
import type { Process } from '../process.ts';
import { lookup, readHosts } from './name-service.ts';
import type { Tool } from './tool.ts';

/** The canonical name of the host: the first name of its line in /etc/hosts. */
export async function fullName(process: Process): Promise<string | undefined> {
	const { hostname } = process;
	const line = readHosts(process).find(({ names }) => names.includes(hostname));
	if (line) return line.names[0];
	return (await lookup(process, hostname)).length > 0 ? hostname : undefined;
}

export const hostname: Tool = {
	name: 'hostname',
	usage: '[-sidf]',
	async run(call) {
		const options = call.options({
			short: 'fiIsdA',
			long: {
				fqdn: 'f',
				long: 'f',
				'ip-address': 'i',
				'all-ip-addresses': 'I',
				short: 's',
				domain: 'd',
				'all-fqdns': 'A',
			},
		});
		const { process } = call;
		if (options.operands.length > 0)
			return call.fail(
				call.busybox ? 'sethostname: Operation not permitted' : 'you must be root to change the host name',
			);
		const what = options.last('f', 'i', 'I', 's', 'd', 'A');
		if (what === 's' || what === undefined) {
			await call.print(`${what ? process.hostname.split('.')[0] : process.hostname}\n`);
			return 0;
		}
		if (what === 'I') {
			await call.print(`${process.network.ip} \n`);
			return 0;
		}
		if (what === 'i') {
			const addresses = await lookup(process, process.hostname);
			if (addresses.length === 0) call.fail('Name or service not known');
			await call.print(`${addresses.join(' ')}\n`);
			return 0;
		}
		const name = await fullName(process);
		if (name === undefined) return call.fail('Name or service not known');
		const dot = name.indexOf('.');
		if (what === 'd') await call.print(dot < 0 ? (call.busybox ? '\n' : '') : `${name.slice(dot + 1)}\n`);
		else await call.print(what === 'A' ? `${name} \n` : `${name}\n`);
		return 0;
	},
};
