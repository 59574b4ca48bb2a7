// How an agent finds the others: it asks the addresses that it is given, by name or by a provider, and tries
// again until one of them answers (retry_join).
import { type Process, SystemError } from '../../../runtime/process.ts';
import { lookup } from '../../../runtime/programs/name-service.ts';
import { uninterrupted } from '../../../runtime/programs/uninterrupted.ts';
import type { Serf } from '../gossip/serf.ts';
import { ExchangeError } from '../messages.ts';
import type { Configuration } from './configuration.ts';
import { discoverPods } from './kubernetes.ts';
import type { Logger } from './log.ts';
import type { Tasks } from './tasks.ts';

const methods =
	'aliyun aws azure digitalocean gce hcp k8s linode mdns os packet scaleway softlayer tencentcloud triton vsphere';

export interface Joiner {
	/** Joins by any of the addresses, and gives how many of them answered. Throws Error where none does. */
	join(addresses: readonly string[]): Promise<number>;
	/** Tries the addresses of `retry_join` until one answers; resolves to false when it has tried often enough. */
	retryJoin(): Promise<boolean>;
}

export function createJoiner(options: {
	process: Process;
	configuration: Configuration;
	serf: Serf;
	/** `agent`, and the one under which gossip writes. */
	log: Logger;
	memberlistLog: Logger;
	tasks: Tasks;
}): Joiner {
	const { process, configuration, serf, log, memberlistLog, tasks } = options;
	const { retryJoin, retryIntervalSeconds, retryMaxAttempts } = configuration;

	const resolve = async (host: string): Promise<string[]> => {
		try {
			const found = await uninterrupted(() => lookup(process, host));
			if (found.length > 0) return found;
		} catch (error) {
			if (!(error instanceof SystemError)) throw error;
		}
		memberlistLog.warn(`memberlist: Failed to resolve ${host}: lookup ${host}: no such host`);
		return [];
	};

	const join = async (addresses: readonly string[]): Promise<number> => {
		log.info('(LAN) joining', { lan_addresses: addresses });
		let joined = 0;
		const failures: string[] = [];
		for (const given of addresses) {
			const [, host, port] = /^(.*?)(?::(\d+))?$/.exec(given) ?? ['', given];
			const found = await resolve(host);
			if (found.length === 0) failures.push(`Failed to resolve ${host}: lookup ${host}: no such host`);
			for (const address of found) {
				try {
					await serf.join(address, Number(port ?? configuration.ports.serfLan));
					joined++;
				} catch (error) {
					if (!(error instanceof ExchangeError)) throw error;
					failures.push(`Failed to join ${address}:${port ?? configuration.ports.serfLan}: ${error.message}`);
				}
			}
		}
		if (joined > 0) {
			log.info('(LAN) joined', { number_of_nodes: joined });
			return joined;
		}
		const count = `${failures.length} error${failures.length === 1 ? '' : 's'} occurred:`;
		const error = [count, ...failures.map((failure) => `\t* ${failure}`), '', ''].join('\n');
		log.warn("(LAN) couldn't join", { number_of_nodes: 0, error });
		throw new Error(error);
	};

	/** The addresses that `retry_join` means now. */
	const discover = async (): Promise<string[]> => {
		const found: string[] = [];
		for (const entry of retryJoin) {
			if (!/\bprovider=/.test(entry)) {
				found.push(entry);
				continue;
			}
			try {
				const addresses = await discoverPods(process, entry);
				log.info('Discovered servers', { cluster: 'LAN', servers: addresses.join(' ') });
				found.push(...addresses);
			} catch (error) {
				if (!(error instanceof Error)) throw error;
				log.error('Cannot discover address', { cluster: 'LAN', address: entry, error: error.message });
			}
		}
		return found;
	};

	const tryOnce = async (): Promise<number> => {
		const addresses = await discover();
		if (addresses.length === 0) throw new Error('No servers to join');
		return join(addresses);
	};

	return {
		join,
		async retryJoin() {
			if (retryJoin.length === 0) return true;
			const cluster = 'LAN';
			log.info('Retry join is supported for the following discovery methods', {
				cluster,
				discovery_methods: methods,
			});
			log.info('Joining cluster...', { cluster });
			for (let attempt = 1; ; attempt++) {
				try {
					const agents = await tryOnce();
					log.info('Join cluster completed. Synced with initial agents', { cluster, num_agents: agents });
					return true;
				} catch (error) {
					if (!(error instanceof Error)) throw error;
					if (retryMaxAttempts > 0 && attempt > retryMaxAttempts) {
						log.error('max join retry exhausted, exiting', { cluster });
						return false;
					}
					log.warn('Join cluster failed, will retry', {
						cluster,
						retry_interval: `${retryIntervalSeconds}s`,
						error: error.message,
					});
				}
				await tasks.sleep(retryIntervalSeconds * 1000);
			}
		},
	};
}
