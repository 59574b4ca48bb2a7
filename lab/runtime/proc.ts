// /proc (proc(5)), as far as ps, env and a curious learner read it. Entries are made when they are looked up.
import {
	DeviceInode,
	DirectoryInode,
	GeneratedFile,
	type Inode,
	type Listing,
	SymlinkInode,
} from './inode.ts';
import type { Kernel } from './kernel.ts';
import type { SimulatedProcess } from './simulated-process.ts';

const clockTick = 10;
const kib = 1024;

/** The root of a container's /proc. `bootedAt` is when its node came up, in milliseconds since 1970. */
export function procRoot(kernel: Kernel, bootedAt: number): DirectoryInode {
	const now = () => kernel.options.clock.now();
	const attributes = (mode: number, inode: number) => ({ mode, uid: 0, gid: 0, modifiedAt: now(), inode });
	let inodes = 1;
	const text = (generate: () => string) => new GeneratedFile(attributes(0o444, ++inodes), generate);
	const link = (target: SymlinkInode['target']) => new SymlinkInode(attributes(0o777, ++inodes), target);
	const directory = (listing: Listing) => new DirectoryInode(attributes(0o555, ++inodes), listing);
	const seconds = () => ((now() - bootedAt) / 1000).toFixed(2);
	const fixed: Record<string, Inode> = {
		self: link((pid) => String(pid)),
		mounts: link('self/mounts'),
		uptime: text(() => `${seconds()} ${seconds()}\n`),
		loadavg: text(() => `0.00 0.01 0.05 1/${kernel.table.size} ${Math.max(...kernel.table.keys())}\n`),
		version: text(() => 'Linux version 6.1.0-31-amd64 (debian-kernel@lists.debian.org) #1 SMP\n'),
		meminfo: text(() => memoryInfo(kernel)),
		stat: text(() => `cpu  0 0 0 0 0 0 0 0 0 0\nbtime ${Math.floor(bootedAt / 1000)}\n`),
	};
	return directory({
		names: () => [...Object.keys(fixed), ...[...kernel.table.keys()].map(String)],
		get: (name) => {
			if (Object.hasOwn(fixed, name)) return fixed[name];
			const process = /^\d+$/.test(name) ? kernel.table.get(Number(name)) : undefined;
			return (
				process && directory(processListing(process.kernel, process, bootedAt, { text, link, directory }))
			);
		},
	});
}

interface Makers {
	text: (generate: () => string) => Inode;
	link: (target: SymlinkInode['target']) => Inode;
	directory: (listing: Listing) => Inode;
}

function processListing(
	kernel: Kernel,
	process: SimulatedProcess,
	bootedAt: number,
	{ text, link, directory }: Makers,
): Listing {
	const zeroEnded = (values: readonly string[]) => values.map((value) => `${value}\0`).join('');
	const entries: Record<string, () => Inode> = {
		cmdline: () => text(() => (process.ending ? '' : zeroEnded(process.argv))),
		comm: () => text(() => `${commandName(process)}\n`),
		cwd: () => link(process.cwd),
		environ: () => text(() => zeroEnded([...process.env].map(([name, value]) => `${name}=${value}`))),
		exe: () => link(process.argv[0] ?? ''),
		fd: () => directory(descriptorListing(process)),
		mounts: () =>
			text(() =>
				kernel.options.mounts
					.list()
					.map((mount) => `${mount.source} ${mount.path} ${mount.type} ${mount.readOnly ? 'ro' : 'rw'} 0 0\n`)
					.join(''),
			),
		root: () => link(process.kernel.options.mounts),
		stat: () => text(() => statLine(process, bootedAt)),
		status: () => text(() => statusText(process)),
	};
	return {
		names: () => Object.keys(entries),
		get: (name) => (Object.hasOwn(entries, name) ? entries[name]() : undefined),
	};
}

/** The descriptors: opening one opens what it is, and a link's text says what that is. */
function descriptorListing(process: SimulatedProcess): Listing {
	const attributes = { mode: 0o700, uid: process.uid, gid: process.gid, modifiedAt: process.now(), inode: 0 };
	return {
		names: () => process.descriptors.list().map(([descriptor]) => String(descriptor)),
		get: (name) => {
			const found = process.descriptors.list().find(([descriptor]) => String(descriptor) === name);
			return found && new DeviceInode({ ...attributes, inode: found[0] + 1 }, found[1]);
		},
	};
}

const commandName = (process: SimulatedProcess) =>
	(process.argv[0] ?? '').replace(/^.*\//, '').replace(/^-/, '').slice(0, 15);

function statLine(process: SimulatedProcess, bootedAt: number): string {
	const info = process.info();
	const started = Math.floor((info.startedAt - bootedAt) / clockTick);
	const terminal = info.tty ? 34816 : 0;
	return `${info.pid} (${commandName(process)}) ${info.state} ${info.parentPid} ${info.processGroup} ${info.session} ${terminal} ${info.tty ? process.terminal?.foregroundGroup : -1} 0 0 0 0 0 0 0 0 0 20 0 1 0 ${started} ${info.memoryBytes} ${Math.ceil(info.memoryBytes / 4096)}\n`;
}

const stateNames = { R: 'running', S: 'sleeping', T: 'stopped', Z: 'zombie' };

function statusText(process: SimulatedProcess): string {
	const info = process.info();
	const ids = (id: number) => Array.from({ length: 4 }, () => id).join('\t');
	const memory = `${Math.ceil(info.memoryBytes / kib)} kB`;
	return [
		`Name:\t${commandName(process)}`,
		`Umask:\t${info.umask.toString(8).padStart(4, '0')}`,
		`State:\t${info.state} (${stateNames[info.state]})`,
		`Tgid:\t${info.pid}`,
		`Pid:\t${info.pid}`,
		`PPid:\t${info.parentPid}`,
		`Uid:\t${ids(info.uid)}`,
		`Gid:\t${ids(info.gid)}`,
		`Groups:\t${process.groups.join(' ')} `,
		`VmRSS:\t${memory}`,
		'Threads:\t1',
		'',
	].join('\n');
}

function memoryInfo(kernel: Kernel): string {
	const total = 4 * kib * kib;
	const free = total - Math.ceil(kernel.memoryBytes / kib);
	const line = (name: string, value: number) => `${`${name}:`.padEnd(16)}${String(value).padStart(8)} kB\n`;
	return line('MemTotal', total) + line('MemFree', free) + line('MemAvailable', free) + line('Cached', 0);
}
