// What a container finds mounted: its image with a writable layer on top, /proc, /dev, the pod's files in /etc,
// and its volumes.
import type { Image } from '../images/image.ts';
import type { ContainerOptions, SandboxOptions } from './container.ts';
import { FileView } from './file-view.ts';
import type { Volume } from './files.ts';
import { imageRoot } from './image-tree.ts';
import { DeviceInode, type DeviceName, DirectoryInode, FileInode, Quota, SymlinkInode } from './inode.ts';
import { type Mount, MountTable } from './mounts.ts';
import { VolumeDirectory } from './volumes.ts';

/** Volumes that are directories of a disk; the others the kubelet keeps in memory. */
const onDisk = new Set(['configMap', 'disk', 'emptyDir', 'hostPath']);

/** What a container may write on top of its image; the lab keeps it in memory. */
const writableBytes = 256 * 1024 * 1024;
const sharedMemoryBytes = 64 * 1024 * 1024;
/** Above every image's own inode numbers. */
const firstOwnInode = 1_000_000;

/** What every container of a pod mounts: the files that the kubelet writes, and the pod's shared memory. */
export interface PodFiles {
	etc: Record<'hosts' | 'hostname' | 'resolv.conf', FileInode>;
	sharedMemory: Pick<Mount, 'root' | 'quota' | 'nextInode'>;
}

export function podFiles(options: SandboxOptions, now: number): PodFiles {
	const file = (inode: number, content: string) =>
		new FileInode({ mode: 0o644, uid: 0, gid: 0, modifiedAt: now, inode }, content);
	const nextInode = counter(1);
	return {
		etc: {
			hosts: file(2, hostsFile(options)),
			hostname: file(3, `${options.hostname}\n`),
			'resolv.conf': file(4, resolverFile(options)),
		},
		sharedMemory: {
			root: new DirectoryInode({ mode: 0o1777, uid: 0, gid: 0, modifiedAt: now, inode: nextInode() }),
			quota: new Quota(sharedMemoryBytes),
			nextInode,
		},
	};
}

/** As pkg/kubelet/kubelet_pods.go writes it. */
function hostsFile({ hostname, domain, network, hostAliases = [] }: SandboxOptions): string {
	const names = domain ? `${hostname}.${domain}\t${hostname}` : hostname;
	const lines = [
		'# Kubernetes-managed hosts file.',
		'127.0.0.1\tlocalhost',
		'::1\tlocalhost ip6-localhost ip6-loopback',
		'fe00::0\tip6-localnet',
		'fe00::0\tip6-mcastprefix',
		'fe00::1\tip6-allnodes',
		'fe00::2\tip6-allrouters',
		`${network.ip}\t${names}`,
	];
	if (hostAliases.length > 0) lines.push('', '# Entries added by HostAliases.');
	for (const { ip, hostnames } of hostAliases) lines.push(`${ip}\t${hostnames.join('\t')}`);
	return `${lines.join('\n')}\n`;
}

function resolverFile({ dns }: SandboxOptions): string {
	const lines = [];
	if (dns.searches.length > 0) lines.push(`search ${dns.searches.join(' ')}`);
	for (const nameserver of dns.nameservers) lines.push(`nameserver ${nameserver}`);
	if (dns.options.length > 0) lines.push(`options ${dns.options.join(' ')}`);
	return `${lines.join('\n')}\n`;
}

const counter = (from: number) => {
	let next = from;
	return () => next++;
};

/** A container's mounts without /proc, which is the kernel's. Throws SystemError where a mount point cannot be made. */
export function rootFileSystem(
	image: Image,
	files: PodFiles,
	options: Pick<ContainerOptions, 'devices' | 'mounts' | 'readOnlyRoot' | 'terminationMessagePath'>,
	clock: { now(): number },
): { table: MountTable; terminationLog: FileInode; writable: Quota } {
	const now = clock.now();
	const lower = imageRoot(image);
	const writable = new Quota(writableBytes);
	const own = { source: 'overlay', type: 'overlay', path: '/', quota: writable };
	const root = new DirectoryInode({ ...attributesOf(lower), modifiedAt: now }, lower);
	const nextInode = counter(firstOwnInode);
	const table = new MountTable({ ...own, readOnly: false, root, nextInode });
	const view = rootView(table, clock);
	const mount = (point: Mount) => {
		makeMountPoint(view, point.path, point.root instanceof DirectoryInode);
		// Where the path leads through links, as /var/run does, the mount lies at their end.
		table.add({ ...point, path: view.realPath(point.path) });
	};
	const device = { source: 'tmpfs', type: 'tmpfs', readOnly: false, quota: new Quota(sharedMemoryBytes) };
	mount({ ...device, path: '/dev', root: deviceDirectory(now), nextInode: counter(100) });
	mount({ ...files.sharedMemory, path: '/dev/shm', source: 'shm', type: 'tmpfs', readOnly: false });
	view.makeDirectory('/sys', { recursive: true });
	const disk = { source: '/dev/vda', type: 'ext4', readOnly: false, quota: new Quota(1 << 20) };
	const mountFile = (path: string, root: FileInode) => mount({ ...disk, path, root, nextInode: counter(10) });
	for (const [name, file] of Object.entries(files.etc)) mountFile(`/etc/${name}`, file);
	const { terminationMessagePath = '/dev/termination-log' } = options;
	const terminationLog = new FileInode({ mode: 0o666, uid: 0, gid: 0, modifiedAt: now, inode: 5 });
	mountFile(terminationMessagePath, terminationLog);
	const parents = [...options.mounts].sort((left, right) => left.path.length - right.path.length);
	for (const { path, volume, subPath, readOnly } of parents) {
		const own = ownVolume(volume, path);
		const { quota, nextInode, source } = own;
		const root = subPath ? own.at(subPath, now) : own.root;
		const type = onDisk.has(own.type) ? 'ext4' : 'tmpfs';
		mount({ path, source, type, readOnly: readOnly || root.frozen, root, quota, nextInode });
	}
	for (const { path, volume } of options.devices ?? []) {
		makeMountPoint(view, path, false);
		const attributes = { mode: 0o660, uid: 0, gid: 6, modifiedAt: now, inode: nextInode() };
		view.place(path, new DeviceInode(attributes, ownVolume(volume, path).block));
	}
	if (options.readOnlyRoot) table.add({ ...own, readOnly: true, root, nextInode });
	return { table, terminationLog, writable };
}

/** The files as root sees them, who makes mount points. */
export const rootView = (table: MountTable, clock: { now(): number }): FileView =>
	new FileView(table, {
		uid: 0,
		gid: 0,
		groups: [],
		cwd: '/',
		pid: 0,
		umask: 0o022,
		now: () => clock.now(),
		check: () => {},
		charge: () => {},
	});

const attributesOf = ({ mode, uid, gid, inode, modifiedAt }: DirectoryInode) => ({
	mode,
	uid,
	gid,
	inode,
	modifiedAt,
});

function ownVolume(volume: Volume, path: string): VolumeDirectory {
	if (volume instanceof VolumeDirectory) return volume;
	throw new TypeError(`the volume for ${path} was not made by this runtime's createVolume`);
}

/** Makes what a mount covers, as runc does: a directory, or an empty file for a file. */
export function makeMountPoint(view: FileView, path: string, isDirectory: boolean): void {
	if (view.exists(path)) return;
	const folder = isDirectory ? path : path.replace(/\/[^/]*$/, '');
	if (folder) view.makeDirectory(folder, { recursive: true, mode: 0o755 });
	if (!isDirectory) view.writeFile(path, '');
}

function deviceDirectory(now: number): DirectoryInode {
	let inode = 1;
	const attributes = (mode: number) => ({ mode, uid: 0, gid: 0, modifiedAt: now, inode: inode++ });
	const directory = new DirectoryInode(attributes(0o755));
	const devices: Record<string, DeviceName> = {
		null: 'null',
		zero: 'zero',
		full: 'full',
		random: 'random',
		urandom: 'random',
		tty: 'tty',
	};
	for (const [name, device] of Object.entries(devices))
		directory.set(name, new DeviceInode(attributes(0o666), device));
	for (const [name, target] of [
		['fd', '/proc/self/fd'],
		['stdin', '/proc/self/fd/0'],
		['stdout', '/proc/self/fd/1'],
		['stderr', '/proc/self/fd/2'],
	])
		directory.set(name, new SymlinkInode(attributes(0o777), target));
	for (const name of ['pts', 'shm', 'mqueue']) directory.set(name, new DirectoryInode(attributes(0o1777)));
	return directory;
}
