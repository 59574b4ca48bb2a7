// A container for the tests of this folder: a sandbox under a virtual clock, with small programs in its image.
import { createVirtualClock, type VirtualClock } from '../clock.ts';
import type { Image } from '../images/image.ts';
import type { NetworkNamespace } from '../network/network.ts';
import { createRandom } from '../random.ts';
import type { Container, ContainerOptions, ContainerRuntime, Sandbox } from './container.ts';
import type { FileTree } from './files.ts';
import type { Program } from './process.ts';
import { createContainerRuntime } from './runtime.ts';
import type { ExecStreams, ExitStatus } from './streams.ts';

/** A network that no test of this folder sends anything over. */
const network = {
	ip: '10.244.1.7',
	forProcess: () => network,
	close: () => {},
} as unknown as NetworkNamespace;

export interface TestContainer {
	clock: VirtualClock;
	runtime: ContainerRuntime;
	sandbox: Sandbox;
	container: Container;
	/** Runs a command by exec and gives what it wrote and how it ended; moves time on until it has. */
	run(command: string[], input?: string): Promise<ExitStatus & { stdout: string; stderr: string }>;
}

export function imageOf(tree: FileTree, config: Partial<Image['config']> = {}): Image {
	return {
		reference: 'docker.io/library/test:1',
		digest: 'sha256:0',
		sizeBytes: 0,
		layers: [
			{ tmp: { $directory: {}, mode: 0o1777 }, etc: { passwd: 'root:x:0:0:root:/root:/bin/sh\n' } },
			tree,
		],
		config: { entrypoint: ['pause'], cmd: [], env: {}, workingDir: '', ...config },
	};
}

/** Waits for a signal that ends it, and reaps what it inherits. */
const pause: Program = async (process) => {
	process.onSignal('CHLD', 'ignore');
	while (true) await process.sleep(1_000_000);
};

export const programTree = (programs: Record<string, Program>): FileTree => ({
	bin: Object.fromEntries(
		Object.entries({ pause, ...programs }).map(([name, $program]) => [name, { $program }]),
	),
});

/** A container that asks for nothing. */
export const plainContainer = (): Omit<ContainerOptions, 'name' | 'image'> => ({
	env: new Map(),
	stdin: false,
	stdinOnce: false,
	tty: false,
	readOnlyRoot: false,
	mounts: [],
});

/** A started container with these programs in /bin. */
export function startContainer(
	programs: Record<string, Program>,
	options: Partial<ContainerOptions> & { tree?: FileTree } = {},
): TestContainer {
	const clock = createVirtualClock();
	const runtime = createContainerRuntime({ clock, random: createRandom(1) });
	const sandbox = runtime.createSandbox({
		pod: 'default/test-0',
		uid: '1',
		hostname: 'test-0',
		domain: '',
		node: 'node1',
		network,
		dns: { nameservers: ['10.96.0.10'], searches: ['default.svc.cluster.local'], options: ['ndots:5'] },
	});
	const container = sandbox.createContainer({
		name: 'test',
		image: imageOf({ ...programTree(programs), ...options.tree }),
		...plainContainer(),
		...options,
	});
	container.start();
	return {
		clock,
		runtime,
		sandbox,
		container,
		async run(command, input) {
			const output = collect(input);
			const done = container.exec(command, output.streams);
			const exit = await settled(clock, done);
			return { ...exit, stdout: output.stdout(), stderr: output.stderr() };
		},
	};
}

/** Moves time on until a promise has settled. */
export async function settled<T>(clock: VirtualClock, promise: Promise<T>): Promise<T> {
	let over = false;
	const end = () => {
		over = true;
	};
	promise.then(end, end);
	await clock.advanceUntil(() => over);
	return promise;
}

/** Streams that collect what is written, for an exec without a terminal. */
export function collect(input?: string): { streams: ExecStreams; stdout(): string; stderr(): string } {
	const written = { stdout: '', stderr: '' };
	const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
	const take = (stream: 'stdout' | 'stderr') => (data: Uint8Array) => {
		written[stream] += decoders[stream].decode(data, { stream: true });
	};
	return {
		streams: {
			tty: false,
			stdin: input === undefined ? undefined : chunks(input),
			stdout: take('stdout'),
			stderr: take('stderr'),
			signal: new AbortController().signal,
		},
		stdout: () => written.stdout,
		stderr: () => written.stderr,
	};
}

async function* chunks(text: string): AsyncGenerator<Uint8Array> {
	yield new TextEncoder().encode(text);
}
