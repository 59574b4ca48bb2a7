// Where a test types commands: a shell, a kubectl of one version, a cluster, an empty folder.

import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface Result {
	exit: number;
	stdout: string;
	stderr: string;
}

export interface Workspace {
	/** Runs a command line in bash; `timeout` is in seconds, after which it is killed (exit -1). */
	run(command: string, timeout?: number): Promise<Result>;
	/** Writes a file, relative to the folder. */
	write(file: string, text: string): Promise<void>;
	remove(): Promise<void>;
}

/** @param kubectl the path of the binary that `kubectl` means there. */
export async function createWorkspace(kubectl: string, kubeconfig: string): Promise<Workspace> {
	const home = await mkdtemp(join(tmpdir(), 'kubectl-'));
	const folder = join(home, 'work');
	const bin = join(home, 'bin');
	await mkdir(folder);
	await mkdir(bin);
	await symlink(kubectl, join(bin, 'kubectl'));
	await writeFile(join(home, 'kubeconfig'), kubeconfig, { mode: 0o600 });
	const env = {
		PATH: `${bin}:/usr/local/bin:/usr/bin:/bin`,
		HOME: home,
		LC_ALL: 'C',
		KUBECONFIG: join(home, 'kubeconfig'),
		KUBECACHEDIR: join(home, 'cache'),
	};
	return {
		run: (command, timeout = 90) =>
			new Promise((resolve, reject) => {
				// A group of its own, so that what the shell has started goes with it.
				const child = spawn('bash', ['-c', command], { cwd: folder, env, detached: true });
				const result: Result = { exit: -1, stdout: '', stderr: '' };
				child.stdout.setEncoding('utf8').on('data', (text) => {
					result.stdout += text;
				});
				child.stderr.setEncoding('utf8').on('data', (text) => {
					result.stderr += text;
				});
				child.stdin.end();
				const timer = setTimeout(() => {
					if (child.pid) process.kill(-child.pid, 'SIGKILL');
				}, timeout * 1000);
				child.on('error', reject);
				child.on('close', (code) => {
					clearTimeout(timer);
					resolve({ ...result, exit: code ?? -1 });
				});
			}),
		async write(file, text) {
			await mkdir(dirname(join(folder, file)), { recursive: true });
			await writeFile(join(folder, file), text);
		},
		remove: () => rm(home, { recursive: true, force: true }),
	};
}
