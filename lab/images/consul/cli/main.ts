// The program `consul`: which command it is called with.
import { type Process, type Program, SystemError } from '../../../runtime/process.ts';
import { Agent } from '../agent/agent.ts';
import { ConfigurationError, readConfiguration } from '../agent/configuration.ts';
import { type Release, releaseOf } from '../releases.ts';
import { type Command, CommandCall, CommandFailure, usageOf } from './command.ts';
import { inspectionCommands } from './inspection.ts';
import { keyCommands } from './kv.ts';
import { members } from './members.ts';
import { membershipCommands } from './membership.ts';
import { operatorCommands } from './operator.ts';
import { snapshotCommands } from './snapshot.ts';

/** Commands that have others under them. */
const groups: Readonly<Record<string, string>> = {
	catalog: 'Interact with the catalog',
	kv: 'Interact with the key-value store',
	operator: 'Provides cluster-level tools for Consul operators',
	'operator raft': 'Provides cluster-level tools for Consul operators',
	snapshot: 'Saves, restores and inspects snapshots of Consul server state',
};

const agentUsage =
	'Usage: consul agent [options]\n\n  Starts the Consul agent and runs until an interrupt is received. The\n  agent represents a single node in a cluster.\n';

async function runAgent(process: Process, args: readonly string[], release: Release): Promise<number> {
	try {
		const configuration = readConfiguration(args, { files: process.files, hostname: process.hostname });
		return await new Agent(process, configuration, release).run();
	} catch (error) {
		if (!(error instanceof ConfigurationError)) throw error;
		await process.write(2, `==> ${error.message}\n`);
		return 1;
	}
}

function listOf(entries: readonly (readonly [string, string])[]): string {
	const width = Math.max(...entries.map(([name]) => name.length));
	return entries.map(([name, synopsis]) => `    ${name.padEnd(width)}    ${synopsis}\n`).join('');
}

export function consulProgram(version: string): Program {
	const release = releaseOf(version);
	const commands: readonly Command[] = [
		members,
		...keyCommands,
		...operatorCommands(version),
		...snapshotCommands,
		...membershipCommands,
		...inspectionCommands(release),
	];

	/** What can follow a group of commands; '' for what follows `consul`. */
	const under = (group: string): [string, string][] => {
		const prefix = group === '' ? '' : `${group} `;
		const named = [
			...commands.map(({ name, synopsis }) => [name, synopsis] as const),
			...Object.entries(groups),
			['agent', 'Runs a Consul agent'] as const,
		];
		const inside = named.flatMap(([name, synopsis]): [string, string][] =>
			name.startsWith(prefix) && !name.slice(prefix.length).includes(' ') && name !== group
				? [[name.slice(prefix.length), synopsis]]
				: [],
		);
		return inside.sort(([a], [b]) => (a < b ? -1 : 1));
	};

	const help = (group: string): string =>
		group === ''
			? `Usage: consul [--version] [--help] <command> [<args>]\n\nAvailable commands are:\n${listOf(under(''))}`
			: `Usage: consul ${group} <subcommand> [options] [args]\n\n  ${groups[group]}.\n\nSubcommands:\n${listOf(under(group))}`;

	return async (process) => {
		const given = process.argv.slice(1);
		const wantsHelp = given.some((arg) => arg === '-h' || arg === '-help' || arg === '--help');
		const words = given.filter((arg) => !(wantsHelp && /^--?h(elp)?$/.test(arg)));
		if (/^--?v(ersion)?$/.test(words[0] ?? '')) words[0] = 'version';
		if (words[0] === 'help') {
			await process.write(1, help(''));
			return 0;
		}
		if (words[0] === 'agent') {
			if (!wantsHelp) return runAgent(process, words.slice(1), release);
			await process.write(1, agentUsage);
			return 0;
		}
		for (let length = Math.min(3, words.length); length > 0; length--) {
			const name = words.slice(0, length).join(' ');
			const command = commands.find((each) => each.name === name);
			if (command) {
				if (!wantsHelp) return runCommand(process, command, words.slice(length));
				await process.write(1, usageOf(command));
				return 0;
			}
			if (!Object.hasOwn(groups, name)) continue;
			await process.write(1, help(name));
			return wantsHelp ? 0 : 1;
		}
		await process.write(wantsHelp ? 1 : 2, help(''));
		return wantsHelp ? 0 : 127;
	};
}

async function runCommand(process: Process, command: Command, args: readonly string[]): Promise<number> {
	try {
		return await command.run(new CommandCall(process, command, args));
	} catch (error) {
		if (error instanceof SystemError && error.code === 'EPIPE') return 1;
		if (!(error instanceof CommandFailure)) throw error;
		await process.write(2, `${error.message}\n`);
		return 1;
	}
}
