// The file system of a node, as far as hostPath and local volumes show it; made when it is first looked at.
import type { ContainerRuntime } from '../runtime/container.ts';
import type { FileTree, Volume } from '../runtime/files.ts';

export interface HostFiles {
	/** What is at a path, or is made there where `create` says what; undefined where there is nothing. */
	at(path: string, create?: 'directory' | 'file'): Volume | undefined;
}

const tree = (node: string): FileTree => ({
	bin: {},
	dev: {},
	etc: {
		hostname: `${node}\n`,
		'os-release':
			'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n',
		kubernetes: { manifests: {} },
	},
	home: {},
	mnt: {},
	opt: { cni: { bin: {} } },
	root: { $directory: {}, mode: 0o700 },
	run: { containerd: {} },
	srv: {},
	tmp: { $directory: {}, mode: 0o1777 },
	usr: { bin: {}, lib: {}, local: { bin: {} }, sbin: {} },
	var: { lib: { containerd: {}, kubelet: { pods: {} } }, log: { containers: {}, pods: {} } },
});

export function createHostFiles(runtime: ContainerRuntime, node: string): HostFiles {
	let root: Volume | undefined;
	return {
		at(path, create) {
			root ??= runtime.createVolume({ type: 'hostPath', source: '/', content: tree(node), mode: 0o755 });
			return runtime.partOfVolume(root, path, create);
		},
	};
}
