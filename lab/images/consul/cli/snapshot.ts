// consul snapshot: backups of the whole state.
import { SystemError } from '../../../runtime/process.ts';
import { readArchive } from '../server/archive.ts';
import { readContents } from '../server/state.ts';
import type { Command, CommandCall } from './command.ts';
import { tableOf } from './table.ts';

function fileOf(call: CommandCall): string {
	const [file] = call.args;
	if (file === undefined) call.fail('Missing FILE argument');
	if (call.args.length > 1) call.fail(`Too many arguments (expected 1, got ${call.args.length})`);
	return file;
}

function readFile(call: CommandCall, file: string): Uint8Array {
	try {
		return call.process.files.readFile(file);
	} catch (error) {
		if (!(error instanceof SystemError)) throw error;
		return call.fail(`Error opening snapshot file: open ${file}: ${error.message.toLowerCase()}`);
	}
}

async function archiveOf(call: CommandCall, data: Uint8Array, what: string) {
	try {
		return await readArchive(data);
	} catch (error) {
		if (!(error instanceof Error)) throw error;
		return call.fail(`${what}: ${error.message}`);
	}
}

function sizeOf(bytes: number): string {
	if (bytes < 1024) return `${bytes}B`;
	return bytes < 1024 ** 2
		? `${Number((bytes / 1024).toFixed(1))}KB`
		: `${Number((bytes / 1024 ** 2).toFixed(1))}MB`;
}

const save: Command = {
	name: 'snapshot save',
	synopsis: 'Saves snapshot of Consul server state',
	usage: '[options] FILE',
	async run(call) {
		const file = fileOf(call);
		const { body } = await call.attempt('Error saving snapshot', () =>
			call.client.request('GET', `/v1/snapshot${call.query()}`),
		);
		const { index } = await archiveOf(call, body, 'Error verifying snapshot file');
		try {
			call.process.files.writeFile(file, body, { mode: 0o600 });
		} catch (error) {
			if (!(error instanceof SystemError)) throw error;
			call.fail(
				`Error writing unverified snapshot file: open ${file}.unverified: ${error.message.toLowerCase()}`,
			);
		}
		await call.print(`Saved and verified snapshot to index ${index}`);
		return 0;
	},
};

const restore: Command = {
	name: 'snapshot restore',
	synopsis: 'Restores snapshot of Consul server state',
	usage: '[options] FILE',
	async run(call) {
		const body = readFile(call, fileOf(call));
		await call.attempt('Error restoring snapshot', () =>
			call.client.request('PUT', `/v1/snapshot${call.query()}`, { body }),
		);
		await call.print('Restored snapshot');
		return 0;
	},
};

const inspect: Command = {
	name: 'snapshot inspect',
	synopsis: 'Displays information about a Consul snapshot file',
	usage: '[options] FILE',
	offline: true,
	async run(call) {
		const data = readFile(call, fileOf(call));
		const { id, index, term, version, state } = await archiveOf(call, data, 'Error reading snapshot');
		const contents = readContents(state);
		const types: [string, unknown[]][] = [
			['Register', [...contents.nodes, ...contents.services, ...contents.checks]],
			['KVS', contents.keys],
		];
		const counted = types
			.map(([type, items]) => ({ type, count: items.length, size: JSON.stringify(items).length }))
			.filter(({ count }) => count > 0)
			.sort((a, b) => b.size - a.size);
		const rows = counted.map(({ type, count, size }) => [` ${type}`, String(count), sizeOf(size)]);
		const total = counted.reduce((sum, { size }) => sum + size, 0);
		const line = [' ----', '----', '----'];
		await call.print(
			tableOf([
				[' ID', id],
				[' Size', String(state.length)],
				[' Index', String(index)],
				[' Term', String(term)],
				[' Version', String(version)],
			]),
		);
		await call.print(
			`\n${tableOf([[' Type', 'Count', 'Size'], line, ...rows, line, [' Total', '', sizeOf(total)]])}`,
		);
		return 0;
	},
};

export const snapshotCommands: readonly Command[] = [inspect, restore, save];
