// The process namespace of a node, as containers with hostPID see it: the node's own daemons, and each other.
import type { Image } from '../images/image.ts';
import type { Process, Program } from './process.ts';

/** Waits for nothing, without a timer: nobody ends a node's daemons. */
const wait = (process: Process): Promise<number> => process.block<number>(() => () => {});

const daemons: readonly (readonly string[])[] = [
	['/lib/systemd/systemd-journald'],
	['/usr/bin/containerd'],
	['/usr/bin/kubelet', '--config=/var/lib/kubelet/config.yaml'],
	['kube-proxy', '--config=/var/lib/kube-proxy/config.conf'],
];

/** Starts the daemons and takes orphans in. */
const init: Program = (process) => {
	process.onSignal('CHLD', 'ignore');
	for (const argv of daemons) process.spawn({ argv, program: wait });
	return wait(process);
};

/** What the node itself runs. */
export const nodeImage: Image = {
	reference: 'node',
	digest: '',
	sizeBytes: 0,
	layers: [{ sbin: { init: { $program: init } }, etc: {}, tmp: {} }],
	config: { entrypoint: ['/sbin/init'], cmd: [], env: {}, workingDir: '/' },
};
