// Commands that tell an agent to join, to leave, or to let somebody go.
import type { Command } from './command.ts';

const join: Command = {
	name: 'join',
	synopsis: 'Tell Consul agent to join cluster',
	usage: '[options] address ...',
	flags: { wan: 'Joins a server to another server in the WAN pool.' },
	async run(call) {
		if (call.args.length === 0) call.fail('At least one address to join must be specified.');
		let joined = 0;
		for (const address of call.args) {
			await call.attempt(`Error joining address '${address}'`, () =>
				call.client.request('PUT', `/v1/agent/join/${encodeURIComponent(address)}`),
			);
			joined++;
		}
		await call.print(`Successfully joined cluster by contacting ${joined} nodes.`);
		return 0;
	},
};

const leave: Command = {
	name: 'leave',
	synopsis: 'Gracefully leaves the Consul cluster and shuts down',
	usage: '[options]',
	async run(call) {
		if (call.args.length > 0) call.fail(`Unexpected extra arguments: [${call.args.join(' ')}]`);
		await call.attempt('Error leaving', () => call.client.request('PUT', '/v1/agent/leave'));
		await call.print('Graceful leave complete');
		return 0;
	},
};

const forceLeave: Command = {
	name: 'force-leave',
	synopsis: 'Forces a member of the cluster to enter the "left" state',
	usage: '[options] name',
	flags: { prune: 'Remove agent completely from list of members' },
	async run(call) {
		if (call.args.length !== 1) call.fail('A single node name must be specified to force leave.');
		const query = call.query(call.has('prune') ? { prune: '1' } : {});
		await call.attempt('Error force leaving', () =>
			call.client.request('PUT', `/v1/agent/force-leave/${encodeURIComponent(call.args[0])}${query}`),
		);
		return 0;
	},
};

const reload: Command = {
	name: 'reload',
	synopsis: 'Triggers the agent to reload configuration files',
	usage: '[options]',
	async run(call) {
		await call.attempt('Error reloading', () => call.client.request('PUT', '/v1/agent/reload'));
		await call.print('Configuration reload triggered');
		return 0;
	},
};

export const membershipCommands: readonly Command[] = [forceLeave, join, leave, reload];
