// Builds the site when what it is made of has changed.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { isRunning } from './is-running.ts';

/** Where the project lies. */
export const projectFolder = join(import.meta.dirname, '..');
export const siteFolder = join(projectFolder, 'dist');
export const courseFile = join(siteFolder, 'course.json');

/** In dist/: the digest of what the site there was built of. */
const stampName = '.sources';

async function filesBelow(path: string): Promise<string[]> {
	if (!existsSync(path)) return [];
	const entries = await readdir(path, { recursive: true, withFileTypes: true });
	return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** A digest of everything that the build reads. */
async function sourcesDigest(content: string): Promise<string> {
	const folders = [content, join(projectFolder, 'src'), join(projectFolder, 'public')];
	const files = (await Promise.all(folders.map(filesBelow))).flat();
	for (const name of ['astro.config.ts', 'package-lock.json', 'server/protocol.ts'])
		files.push(join(projectFolder, name));
	const hash = createHash('sha256').update(
		`${content}\0${siteBase()}\0${process.env.SLIDECAR_SERVER ?? ''}\0`,
	);
	for (const file of files.sort())
		hash.update(`${relative(projectFolder, file)}\0`).update(await readFile(file));
	return hash.digest('base64url');
}

/** The environment by which Astro's configuration learns where the course lies. */
export function siteEnvironment(content: string): Record<string, string | undefined> {
	return { ...process.env, SLIDECAR_CONTENT: content, ASTRO_TELEMETRY_DISABLED: '1' };
}

/** Astro's own command, as a file for node. */
export function astroCommand(): string {
	const require = createRequire(import.meta.url);
	const manifest = require.resolve('astro/package.json');
	const { bin } = require(manifest) as { bin: { astro: string } };
	return join(manifest, '..', bin.astro);
}

/** The path that Astro's configuration builds the site for, with a slash at both ends. */
export function siteBase(): string {
	return `/${process.env.SLIDECAR_BASE ?? ''}/`.replace(/\/+/g, '/');
}

/**
 * An author's mistake in Astro's output, without the trace of our own code that Astro puts below it;
 * undefined where something else went wrong.
 */
export function mistakeIn(output: string): string | undefined {
	const mistake =
		/^(?:chapters\/\S+:\d+:\d+: |course\.yaml: |There is no \S+\/chapters\. ).*(?:\n(?! {2}\w[\w ]*:$).*)*/m;
	return mistake.exec(output)?.[0].trimEnd();
}

async function build(content: string, folder: string): Promise<void> {
	const child = spawn(process.execPath, [astroCommand(), 'build', '--outDir', folder], {
		cwd: projectFolder,
		env: siteEnvironment(content),
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const end = () => void child.kill('SIGKILL');
	process.once('exit', end);
	let output = '';
	for (const stream of [child.stdout, child.stderr])
		stream.setEncoding('utf8').on('data', (text: string) => {
			output += text;
		});
	const code = await new Promise<number | null>((resolve, reject) => {
		child.once('error', reject);
		child.once('close', resolve);
	}).finally(() => process.off('exit', end));
	if (code !== 0) throw new Error(`The site could not be built:\n${mistakeIn(output) ?? output.trim()}`);
}

/** A folder that a site is built into tells whose process does it: `dist-PID-…`. */
const partialName = /^dist-(\d+)-/;

/** Removes what builds have left that were killed. */
async function removeOrphans(): Promise<void> {
	const parent = dirname(siteFolder);
	for (const name of await readdir(parent)) {
		const builder = partialName.exec(name)?.[1];
		if (builder !== undefined && !isRunning(Number(builder)))
			await rm(join(parent, name), { recursive: true, force: true });
	}
}

/** Builds into a folder of its own that takes dist/'s place when it is whole: a server that runs never misses a file. */
async function replaceSite(content: string, digest: string): Promise<void> {
	await removeOrphans();
	const folder = await mkdtemp(`${siteFolder}-${process.pid}-`);
	const leave = () => rmSync(folder, { recursive: true, force: true });
	process.once('exit', leave);
	try {
		await build(content, folder);
		await writeFile(join(folder, stampName), digest);
		await takePlace(folder);
	} finally {
		process.off('exit', leave);
		await rm(folder, { recursive: true, force: true });
	}
}

async function takePlace(folder: string): Promise<void> {
	const previous = `${folder}-previous`;
	for (;;) {
		try {
			if (existsSync(siteFolder)) await rename(siteFolder, previous);
			await rename(folder, siteFolder);
			return;
		} catch (error) {
			// Another build has put its own there meanwhile, or taken the one that was there away.
			const { code = '', path } = error as NodeJS.ErrnoException;
			if (!/^(ENOTEMPTY|EEXIST)$/.test(code) && !(code === 'ENOENT' && path === siteFolder)) throw error;
		} finally {
			await rm(previous, { recursive: true, force: true });
		}
	}
}

/**
 * Builds the site unless the one in dist/ is of the same sources.
 * @param progress told what is being done, in a line.
 * @throws Error with Astro's output where it does not build.
 */
export async function buildSite(content: string, progress: (line: string) => void): Promise<void> {
	if (!existsSync(content))
		throw new Error(
			`--content ${content}: there is no such folder. Name one with chapters/ and course.yaml.`,
		);
	const digest = await sourcesDigest(content);
	const built = await readFile(join(siteFolder, stampName), 'utf8').catch(() => undefined);
	if (built === digest && existsSync(courseFile)) return;
	progress('Building the site…');
	const started = performance.now();
	await replaceSite(content, digest);
	progress(`Built the site in ${((performance.now() - started) / 1_000).toFixed(1)} s.`);
}
