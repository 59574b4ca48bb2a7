// Commands that show what an agent and the catalogue know: info, version, monitor, catalog.
import { decode } from '../../../runtime/byte-text.ts';
import type { NodeEntry } from '../http/catalog.ts';
import type { Release } from '../releases.ts';
import type { Command } from './command.ts';
import { tableOf } from './table.ts';

const info: Command = {
	name: 'info',
	synopsis: 'Provides debugging information for operators.',
	usage: '[options]',
	async run(call) {
		const { Stats: stats } = await call.attempt('Error querying agent', () =>
			call.client.get<{ Stats: Record<string, Record<string, string>> }>('/v1/agent/self'),
		);
		for (const section of Object.keys(stats).sort()) {
			await call.print(`${section}:`);
			for (const key of Object.keys(stats[section]).sort())
				await call.print(`\t${key} = ${stats[section][key]}`);
		}
		return 0;
	},
};

const monitor: Command = {
	name: 'monitor',
	synopsis: 'Stream logs from a Consul agent',
	usage: '[options]',
	flags: { 'log-level=': 'Log level of the agent.', 'log-json': 'Output logs in JSON format.' },
	async run(call) {
		const level = call.value('log-level') ?? 'INFO';
		const lines = await call.attempt('Error starting monitor', () =>
			call.client.stream(`/v1/agent/monitor?loglevel=${level.toLowerCase()}`),
		);
		for await (const line of lines) await call.process.write(1, decode(line));
		return 0;
	},
};

const nodes: Command = {
	name: 'catalog nodes',
	synopsis: 'Lists all nodes in the given datacenter',
	usage: '[options]',
	flags: { detailed: 'Output detailed information about the nodes including their addresses and metadata.' },
	async run(call) {
		const entries = await call.attempt('Error listing nodes', () =>
			call.client.get<NodeEntry[]>(`/v1/catalog/nodes${call.query()}`),
		);
		if (entries.length === 0) {
			await call.print('No nodes match the given query - try expanding your search.');
			return 0;
		}
		const rows = entries.map(({ Node, ID, Address, Datacenter, TaggedAddresses, Meta }) => {
			if (!call.has('detailed')) return [Node, ID.slice(0, 8), Address, Datacenter];
			const joined = (map: Record<string, string>) =>
				Object.keys(map)
					.sort()
					.map((key) => `${key}=${map[key]}`)
					.join(', ');
			return [Node, ID, Address, Datacenter, joined(TaggedAddresses), joined(Meta)];
		});
		const columns = ['Node', 'ID', 'Address', 'DC'];
		if (call.has('detailed')) columns.push('TaggedAddresses', 'Meta');
		await call.print(tableOf([columns, ...rows]));
		return 0;
	},
};

const services: Command = {
	name: 'catalog services',
	synopsis: 'Lists all registered services in a datacenter',
	usage: '[options]',
	flags: { tags: "Display each service's tags as a comma-separated list beside each service entry." },
	async run(call) {
		const found = await call.attempt('Error listing services', () =>
			call.client.get<Record<string, string[]>>(`/v1/catalog/services${call.query()}`),
		);
		const names = Object.keys(found).sort();
		await call.print(
			call.has('tags') ? tableOf(names.map((name) => [name, found[name].join(',')])) : names.join('\n'),
		);
		return 0;
	},
};

export function inspectionCommands({ version, revision, built }: Release): readonly Command[] {
	const versionCommand: Command = {
		name: 'version',
		synopsis: 'Prints the Consul version',
		usage: '[options]',
		offline: true,
		async run(call) {
			await call.print(`Consul v${version}\nRevision ${revision}\nBuild Date ${built}`);
			await call.print(
				'Protocol 2 spoken by default, understands 2 to 3 (agent will automatically use protocol >2 when speaking to compatible agents)\n',
			);
			return 0;
		},
	};
	return [nodes, services, info, monitor, versionCommand];
}
