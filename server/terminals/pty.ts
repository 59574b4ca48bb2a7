// A shell on a pseudo-terminal of this host, as the server's own user.
import { execFile } from 'node:child_process';
import { writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { type IPty, spawn } from 'node-pty';
import type { SignalName, TerminalBackend } from './backend.ts';
import { type Shell, startShell } from './shell.ts';

/**
 * node-pty's own write retries in a busy loop when a program does not read (two thirds of a core, measured),
 * so bytes go to the descriptor here, and what it does not take waits.
 */
class InputQueue {
	readonly #descriptor: number;
	readonly #chunks: Uint8Array[] = [];
	#timer: NodeJS.Timeout | undefined;
	#wait = 0;
	#closed = false;
	length = 0;

	constructor(descriptor: number) {
		this.#descriptor = descriptor;
	}

	push(data: Uint8Array): void {
		if (this.#closed || data.length === 0) return;
		this.#chunks.push(data);
		this.length += data.length;
		if (!this.#timer) this.#drain();
	}

	close(): void {
		this.#closed = true;
		this.#chunks.length = 0;
		this.length = 0;
		clearTimeout(this.#timer);
	}

	#drain(): void {
		this.#timer = undefined;
		while (this.#chunks.length > 0) {
			const chunk = this.#chunks[0];
			let written = 0;
			try {
				written = writeSync(this.#descriptor, chunk);
			} catch (error) {
				const code = (error as NodeJS.ErrnoException).code;
				// The program is gone; its exit follows.
				if (code !== 'EAGAIN') {
					this.close();
					return;
				}
			}
			this.length -= written;
			if (written === chunk.length) this.#chunks.shift();
			else this.#chunks[0] = chunk.subarray(written);
			if (written > 0) this.#wait = 0;
			else {
				this.#wait = Math.min(Math.max(2 * this.#wait, 2), 100);
				this.#timer = setTimeout(() => this.#drain(), this.#wait);
				return;
			}
		}
	}
}

/** What node-pty's declarations leave out. */
interface DescribedPty extends IPty {
	/** Of the tty's master side. */
	readonly fd: number;
	on(event: 'close' | 'error', listener: (error?: NodeJS.ErrnoException) => void): void;
}

/** The process group that the tty's signals go to: Linux `/proc/PID/stat` field 8, elsewhere `ps`. */
async function foregroundGroup(pid: number): Promise<number> {
	if (process.platform === 'linux') {
		const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
		return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[5]);
	}
	const { stdout } = await promisify(execFile)('ps', ['-o', 'tpgid=', '-p', String(pid)]);
	return Number(stdout);
}

export function createPtyBackend(shell: Shell): TerminalBackend {
	return {
		start(options, events) {
			const start = startShell(shell, options.nonce);
			const pty = spawn(shell.file, start.arguments, {
				name: 'xterm-256color',
				cols: options.columns,
				rows: options.rows,
				cwd: options.directory,
				env: { ...options.environment, ...start.environment },
				// Bytes as they come: a character may be split between two chunks.
				encoding: null,
			}) as DescribedPty;
			const input = new InputQueue(pty.fd);
			let closed = false;
			let exited = false;
			const close = () => {
				closed = true;
				input.close();
			};
			// From then on the descriptor's number may be another file's.
			pty.on('close', () => close());
			// node-pty throws an error of the tty that nobody else listens to, which would end the server.
			pty.on('error', (error) => {
				if (error?.code !== 'EAGAIN') close();
			});
			pty.onData((chunk) => events.data(chunk as unknown as Buffer));
			pty.onExit(({ exitCode, signal }) => {
				exited = true;
				close();
				events.exit(signal ? 128 + signal : exitCode);
			});
			return {
				pid: pty.pid,
				marksStart: shell.name !== 'sh',
				get queued() {
					return input.length;
				},
				write: (data) => input.push(data),
				resize: (columns, rows) => {
					if (!closed) pty.resize(columns, rows);
				},
				pause: () => pty.pause(),
				resume: () => pty.resume(),
				signal: async (signal: SignalName) => {
					if (closed) return;
					const group = await foregroundGroup(pty.pid);
					if (group > 1) process.kill(-group, `SIG${signal}`);
				},
				kill: () => {
					// A paused tty never tells its end.
					pty.resume();
					if (!exited) pty.kill('SIGKILL');
				},
			};
		},
	};
}
