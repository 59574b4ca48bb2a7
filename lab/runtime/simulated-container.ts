// A container: its file system and process table, PID 1, what is executed in it, and who is attached.

import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import { randomIdentifier } from '../random.ts';
import { InputFile, OutputFile, type Sink } from './client-streams.ts';
import type { Container, ContainerOptions, SandboxOptions } from './container.ts';
import { LogRing } from './container-log.ts';
import { accountOf } from './image-accounts.ts';
import type { FileInode, Quota } from './inode.ts';
import { type Credentials, defaultPath, Kernel } from './kernel.ts';
import { Device } from './open-files.ts';
import { procRoot } from './proc.ts';
import { type OpenFile, type Signal, SystemError } from './process.ts';
import type { ProcessNamespace } from './process-namespace.ts';
import { makeMountPoint, type PodFiles, rootFileSystem, rootView } from './root-file-system.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import { startError } from './start-error.ts';
import type { ByteSource, ExecStreams, ExitStatus, TerminalSize } from './streams.ts';
import { TerminalDevice } from './terminal.ts';
import type { Turns } from './turns.ts';

export interface ContainerContext {
	clock: Clock;
	random: Random;
	turns: Turns;
	sandbox: SandboxOptions;
	files: PodFiles;
	bootedAt: number;
	/** Where its processes are listed. */
	namespace: ProcessNamespace;
	/** Called when the container is of no more use to its sandbox. */
	removed(container: SimulatedContainer): void;
}

type Exit = ExitStatus & { oomKilled: boolean };

const rootUser: Required<ContainerOptions>['user'] = { uid: 0, gid: 0 };

/** MaxContainerTerminationMessageLength of a kubelet. */
const longestTerminationMessage = 4096;

/** One client that is attached to PID 1. */
interface Attached {
	stdout: Sink;
	stderr: Sink;
}

export class SimulatedContainer implements Container {
	readonly id: string;
	readonly name: string;
	readonly log = new LogRing();
	state: 'created' | 'running' | 'exited' = 'created';
	startedAt: number | undefined;
	finishedAt: number | undefined;
	exit: Exit | undefined;
	readonly user: Credentials;
	readonly usage: Quota;
	readonly #home: string;
	readonly #options: ContainerOptions;
	readonly #context: ContainerContext;
	readonly #kernel: Kernel;
	readonly #terminationLog: FileInode;
	readonly #stdin: InputFile | undefined;
	readonly #terminal: TerminalDevice | undefined;
	readonly #attached = new Set<Attached>();
	readonly #terminals = new Set<TerminalDevice>();
	readonly #ended: Promise<Exit>;
	#resolveEnd: (exit: Exit) => void = () => {};
	#outOfMemory = false;

	constructor(id: string, options: ContainerOptions, context: ContainerContext) {
		this.id = id;
		this.name = options.name;
		this.#options = options;
		this.#context = context;
		const { clock, random, turns, sandbox } = context;
		const user: Required<ContainerOptions>['user'] = options.user ?? options.image.config.user ?? rootUser;
		const { uid, gid, groups = [] } = user;
		const { table, terminationLog, writable } = rootFileSystem(options.image, context.files, options, clock);
		this.#terminationLog = terminationLog;
		this.usage = writable;
		const account = accountOf(rootView(table, clock), uid);
		const ownGroup = gid ?? account.gid;
		this.user = { uid, gid: ownGroup, groups: [...new Set([ownGroup, ...account.groups, ...groups])] };
		this.#home = account.home;
		this.#kernel = new Kernel({
			clock,
			random,
			turns,
			network: sandbox.network,
			hostname: sandbox.hostname,
			mounts: table,
			namespace: context.namespace,
			memoryLimitBytes: options.memoryLimitBytes,
			processorLimit: options.processorLimit,
			outOfMemory: () => {
				this.#outOfMemory = true;
			},
		});
		const root = table.at('/')!;
		const proc = procRoot(this.#kernel, context.bootedAt);
		table.add({ ...root, path: '/proc', source: 'proc', type: 'proc', root: proc, readOnly: false });
		this.#stdin = options.stdin && !options.tty ? new InputFile('pipe:[0]') : undefined;
		this.#terminal = options.tty ? this.#newTerminal((data) => this.#output('stdout', data)) : undefined;
		this.#ended = new Promise((resolve) => {
			this.#resolveEnd = resolve;
		});
	}

	limit({ memoryLimitBytes, processorLimit }: Parameters<Container['limit']>[0]): void {
		this.#kernel.options.memoryLimitBytes = memoryLimitBytes;
		this.#kernel.processor.limit(processorLimit);
	}

	get memoryBytes(): number {
		return this.#kernel.memoryBytes;
	}

	/** Its processes, and those that share the namespace with them. */
	get namespace(): ProcessNamespace {
		return this.#context.namespace;
	}

	get terminationMessage(): string {
		const { size } = this.#terminationLog;
		const start = Math.max(0, size - longestTerminationMessage);
		return new TextDecoder().decode(this.#terminationLog.read(start, longestTerminationMessage));
	}

	get processorLoad(): { cores: number; windowMs: number } {
		return this.#kernel.processor.load;
	}

	start(): void {
		if (this.state !== 'created') throw new Error(`container ${this.id} is already ${this.state}`);
		const { image } = this.#options;
		const command = this.#options.command ?? image.config.entrypoint;
		const argv = [...command, ...(this.#options.args ?? (this.#options.command ? [] : image.config.cmd))];
		const files = this.#terminal
			? [this.#terminal, this.#terminal, this.#terminal]
			: [
					this.#stdin ?? new Device('null', this.#context.random),
					new OutputFile('pipe:[1]', (data) => this.#output('stdout', data)),
					new OutputFile('pipe:[2]', (data) => this.#output('stderr', data)),
				];
		this.startedAt = this.#context.clock.now();
		try {
			this.#start(argv, files, this.#terminal, (process) => this.#finish(process));
			this.state = 'running';
		} catch (error) {
			const words = startError(argv[0] ?? '', error);
			const message = `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: ${words}`;
			this.#stop({ code: 128, startError: message });
			throw new Error(message);
		}
	}

	wait(): Promise<Exit> {
		return this.#ended;
	}

	signal(signal: Signal): void {
		this.#kernel.init?.deliver(signal, true);
	}

	async exec(command: string[], streams: ExecStreams): Promise<ExitStatus> {
		if (this.state !== 'running')
			return {
				code: 128,
				startError: `failed to exec in container: failed to load task: container ${this.id} is not running`,
			};
		const terminal = streams.tty ? this.#newTerminal((data) => streams.stdout(data)) : undefined;
		const input = streams.stdin && !terminal ? new InputFile('pipe:[0]') : undefined;
		const outputs = [
			new OutputFile('pipe:[1]', (data) => streams.stdout(data)),
			new OutputFile('pipe:[2]', (data) => streams.stderr(data)),
		];
		const files = terminal
			? [terminal, terminal, terminal]
			: [input ?? new Device('null', this.#context.random), ...outputs];
		const gone = new AbortController();
		let finish: (process: SimulatedProcess) => void = () => {};
		const ended = new Promise<SimulatedProcess>((resolve) => {
			finish = resolve;
		});
		try {
			this.#start(command, files, terminal, finish);
		} catch (error) {
			const id = randomIdentifier(this.#context.random);
			const words = startError(command[0] ?? '', error);
			return {
				code: error instanceof SystemError && error.code === 'EACCES' ? 126 : 127,
				startError: `failed to exec in container: failed to start exec "${id}": OCI runtime exec failed: exec failed: ${words}`,
			};
		}
		const leave = () => {
			input?.end();
			terminal?.hangUp();
			if (terminal) this.#kernel.table.get(terminal.session)?.deliver('HUP', true);
			for (const output of outputs) output.close();
		};
		streams.signal.addEventListener('abort', leave, { once: true });
		if (streams.stdin) void this.#feed(streams.stdin, terminal, input, gone.signal, true);
		if (streams.sizes && terminal) void followSizes(streams.sizes, terminal, gone.signal);
		const { ending } = await ended;
		streams.signal.removeEventListener('abort', leave);
		gone.abort();
		input?.end();
		for (const output of outputs) output.close();
		return { ...ending! };
	}

	async attach(streams: ExecStreams): Promise<ExitStatus> {
		if (this.exit) return this.exit;
		const attached: Attached = { stdout: streams.stdout, stderr: streams.stderr };
		const gone = new AbortController();
		let leave = () => {};
		const left = new Promise<ExitStatus>((resolve) => {
			leave = () => {
				this.#attached.delete(attached);
				gone.abort();
				resolve({ code: 0 });
			};
		});
		if (streams.signal.aborted) leave();
		else this.#attached.add(attached);
		streams.signal.addEventListener('abort', leave, { once: true });
		if (streams.stdin && (this.#stdin || this.#terminal))
			void this.#feed(streams.stdin, this.#terminal, this.#stdin, gone.signal, this.#options.stdinOnce);
		if (streams.sizes && this.#terminal) void followSizes(streams.sizes, this.#terminal, gone.signal);
		const exit = await Promise.race([this.#ended, left]);
		streams.signal.removeEventListener('abort', leave);
		leave();
		return exit;
	}

	remove(): void {
		this.#kernel.killAll();
		if (!this.exit) this.#stop({ code: 137, signal: 'KILL' });
		this.#context.removed(this);
	}

	#start(
		argv: string[],
		files: OpenFile[],
		terminal: TerminalDevice | undefined,
		onEnd: (process: SimulatedProcess) => void,
	): void {
		const { image, workingDir } = this.#options;
		const cwd = workingDir || image.config.workingDir || '/';
		const root = rootView(this.#kernel.options.mounts, this.#context.clock);
		makeMountPoint(root, cwd, true);
		const env = this.#environment(terminal !== undefined);
		this.#kernel.start({ argv, env, cwd, user: this.user, files, terminal }, onEnd);
	}

	/** As containerd and runc set it: PATH first, the host name, the image's and the pod's, HOME last. */
	#environment(tty: boolean): Map<string, string> {
		const env = new Map([
			['PATH', defaultPath],
			['HOSTNAME', this.#context.sandbox.hostname],
		]);
		if (tty) env.set('TERM', 'xterm');
		for (const [name, value] of Object.entries(this.#options.image.config.env)) env.set(name, value);
		for (const [name, value] of this.#options.env) env.set(name, value);
		if (!env.has('HOME')) env.set('HOME', this.#home);
		return env;
	}

	#newTerminal(output: Sink): TerminalDevice {
		const terminal: TerminalDevice = new TerminalDevice(`/dev/pts/${this.#terminals.size}`, {
			output,
			signal: (group, signal) => this.#kernel.signalGroup(group, signal),
		});
		this.#terminals.add(terminal);
		return terminal;
	}

	/** Writes what PID 1's streams carry to the log, and to everyone who is attached. */
	#output(stream: 'stdout' | 'stderr', data: Uint8Array): Promise<void> | void {
		this.log.append(stream, data, this.#context.clock.now());
		const waiting = [...this.#attached].map((attached) => attached[stream](data)).filter((taken) => taken);
		if (waiting.length > 0) return Promise.all(waiting).then(() => {});
	}

	async #feed(
		source: ByteSource,
		terminal: TerminalDevice | undefined,
		input: InputFile | undefined,
		signal: AbortSignal,
		endWithSource: boolean,
	): Promise<void> {
		if (input) {
			await input.feed(source, signal);
			if (endWithSource) input.end();
		} else if (terminal) {
			try {
				for await (const data of source) {
					if (signal.aborted) return;
					terminal.input(data);
				}
			} catch {
				// A client whose connection broke has sent all that it will.
			}
		}
	}

	#finish(process: SimulatedProcess): void {
		this.#stop(process.ending!);
	}

	#stop(status: ExitStatus): void {
		this.state = 'exited';
		this.finishedAt = this.#context.clock.now();
		this.exit = { ...status, oomKilled: this.#outOfMemory };
		this.log.end(this.finishedAt);
		this.#stdin?.end();
		this.#resolveEnd(this.exit);
	}
}

async function followSizes(
	sizes: AsyncIterable<TerminalSize>,
	terminal: TerminalDevice,
	signal: AbortSignal,
): Promise<void> {
	try {
		for await (const size of sizes) {
			if (signal.aborted) return;
			terminal.size = size;
		}
	} catch {
		// The client's connection broke: the last size stays.
	}
}
