// consul members: who is in the cluster, as this agent knows it by gossip.
import { type MemberEntry, statuses } from '../http/agent.ts';
import type { Command } from './command.ts';
import { tableOf } from './table.ts';

const build = ({ Tags }: MemberEntry) => (Tags.build ?? '').replace(/:$/, '') || '< 0.3';

function plainRow(member: MemberEntry): string[] {
	const { Name, Addr, Port, Status, ProtocolCur, Tags } = member;
	const server = Tags.role === 'consul';
	return [
		Name,
		`${Addr}:${Port}`,
		statuses[Status - 1],
		server ? 'server' : 'client',
		build(member),
		String(ProtocolCur),
		Tags.dc,
		'default',
		server ? '<all>' : '<default>',
	];
}

function detailedRow({ Name, Addr, Port, Status, Tags }: MemberEntry): string[] {
	const tags = Object.keys(Tags)
		.sort()
		.filter((key) => Tags[key] !== '')
		.map((key) => `${key}=${Tags[key]}`);
	return [Name, `${Addr}:${Port}`, statuses[Status - 1], tags.join(',')];
}

export const members: Command = {
	name: 'members',
	synopsis: 'Lists the members of a Consul cluster',
	usage: '[options]',
	flags: {
		detailed: 'Provides detailed information about nodes.',
		'status=': 'If provided, output is filtered to only nodes matching the regular expression for status.',
		wan: 'If the agent is in server mode, this can be used to return the other peers in the WAN pool.',
		'segment=': 'If provided, output is filtered to only nodes in the given segment.',
	},
	async run(call) {
		const all = await call.attempt('Error retrieving members', () =>
			call.client.get<MemberEntry[]>(
				`/v1/agent/members${call.query(call.has('wan') ? { wan: '1' } : { segment: '_all' })}`,
			),
		);
		let pattern: RegExp;
		try {
			pattern = new RegExp(call.value('status') ?? '.*');
		} catch {
			return call.fail(`Failed to compile status regexp: ${call.value('status')}`);
		}
		const shown = all
			.filter(({ Status }) => pattern.test(statuses[Status - 1]))
			.sort((a, b) => (a.Name < b.Name ? -1 : 1));
		// As the real one: nothing found is an error without words.
		if (shown.length === 0) return 2;
		const rows = call.has('detailed')
			? [['Node', 'Address', 'Status', 'Tags'], ...shown.map(detailedRow)]
			: [
					['Node', 'Address', 'Status', 'Type', 'Build', 'Protocol', 'DC', 'Partition', 'Segment'],
					...shown.map(plainRow),
				];
		await call.print(tableOf(rows));
		return 0;
	},
};
