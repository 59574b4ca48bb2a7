import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Process, type Program, SystemError } from './process.ts';
import { imageOf, programTree, startContainer } from './test-container.ts';

/** Runs an action as a process of a container, and gives what it returns. */
async function inside<T>(
	action: (process: Process) => T | Promise<T>,
	options: Parameters<typeof startContainer>[1] = {},
): Promise<T> {
	let result: { value: T } | undefined;
	let failure: unknown;
	const main: Program = async (process) => {
		try {
			result = { value: await action(process) };
		} catch (error) {
			failure = error;
		}
		return 0;
	};
	const { run } = startContainer({ main }, options);
	await run(['main']);
	if (!result) throw failure;
	return result.value;
}

const codeOf = (action: () => unknown): string => {
	try {
		action();
	} catch (error) {
		if (error instanceof SystemError) return error.code;
		throw error;
	}
	return 'none';
};

test('containers of one image share it, and neither sees what the other writes', async () => {
	const tree = { etc: { motd: 'from the image\n' } };
	const image = imageOf({
		...programTree({
			main: (process) => {
				process.files.writeFile('/etc/motd', `changed by ${process.argv[1]}\n`);
				return 0;
			},
			show: async (process) => {
				await process.write(1, process.files.readText('/etc/motd'));
				return 0;
			},
		}),
		...tree,
	});
	const first = startContainer({}, { image });
	const second = startContainer({}, { image });
	await first.run(['main', 'one']);
	assert.equal((await first.run(['show'])).stdout, 'changed by one\n');
	assert.equal((await second.run(['show'])).stdout, 'from the image\n');
});

test('names are removed, renamed and made over the image', async () => {
	const tree = { data: { a: 'A', sub: { b: 'B' } } };
	await inside(
		({ files }) => {
			files.remove('/data/a');
			assert.equal(
				codeOf(() => files.readText('/data/a')),
				'ENOENT',
			);
			files.rename('/data/sub', '/data/moved');
			assert.equal(files.readText('/data/moved/b'), 'B');
			assert.deepEqual(files.list('/data'), ['moved']);
			files.makeDirectory('/data/x/y', { recursive: true });
			files.writeFile('/data/x/y/f', 'text');
			assert.equal(
				codeOf(() => files.remove('/data/x')),
				'ENOTEMPTY',
			);
			files.remove('/data', { recursive: true });
			assert.equal(files.exists('/data'), false);
			files.makeDirectory('/data');
			assert.deepEqual(files.list('/data'), []);
		},
		{ tree },
	);
});

test('links, dots and loops resolve as path_resolution(7) says', async () => {
	await inside(({ files }) => {
		files.makeDirectory('/tmp/d');
		files.writeFile('/tmp/d/f', 'x');
		files.symlink('d/../d/f', '/tmp/link');
		assert.equal(files.readText('/tmp/link'), 'x');
		assert.equal(files.realPath('/tmp/link'), '/tmp/d/f');
		assert.equal(files.status('/tmp/link', { followLinks: false }).kind, 'symlink');
		files.symlink('/tmp/loop', '/tmp/loop');
		assert.equal(
			codeOf(() => files.readText('/tmp/loop')),
			'ELOOP',
		);
		assert.equal(
			codeOf(() => files.readText('/tmp/d/f/')),
			'ENOTDIR',
		);
		assert.equal(
			codeOf(() => files.readText('/tmp/d')),
			'EISDIR',
		);
		files.link('/tmp/d/f', '/tmp/hard');
		files.writeFile('/tmp/hard', 'changed');
		assert.equal(files.readText('/tmp/d/f'), 'changed');
		assert.equal(files.status('/tmp/hard').links, 2);
	});
});

test('permissions hold for users, and the sticky bit for what others own', async () => {
	await inside(
		({ files, uid }) => {
			assert.equal(uid, 1000);
			assert.equal(
				codeOf(() => files.writeFile('/etc/passwd', '')),
				'EACCES',
			);
			assert.equal(
				codeOf(() => files.readText('/secret')),
				'EACCES',
			);
			files.writeFile('/tmp/mine', 'x');
			assert.deepEqual([files.status('/tmp/mine').uid, files.status('/tmp/mine').mode], [1000, 0o644]);
			assert.equal(
				codeOf(() => files.changeOwner('/tmp/mine', 0, 0)),
				'EPERM',
			);
			assert.equal(
				codeOf(() => files.remove('/tmp/theirs')),
				'EPERM',
			);
		},
		{
			user: { uid: 1000, gid: 1000 },
			tree: {
				secret: { $file: 'root only', mode: 0o600 },
				tmp: { $directory: { theirs: 'x' }, mode: 0o1777 },
			},
		},
	);
});

test('a container that writes too much gets ENOSPC, and room again by removing', async () => {
	await inside(({ files }) => {
		const chunk = new Uint8Array(64 * 1024 * 1024);
		for (const name of ['a', 'b', 'c']) files.writeFile(`/tmp/${name}`, chunk);
		files.writeFile('/tmp/d', chunk);
		assert.equal(
			codeOf(() => files.writeFile('/tmp/e', chunk)),
			'ENOSPC',
		);
		files.remove('/tmp/a');
		files.remove('/tmp/e');
		files.writeFile('/tmp/e', chunk);
	});
});

test('volumes are shared, read-only where mounted so, and a subPath is a part of one', async () => {
	const { runtime } = startContainer({});
	const volume = runtime.createVolume({ type: 'emptyDir', source: 'emptyDir/data' });
	const config = runtime.createVolume({
		type: 'configMap',
		source: 'configMap/web',
		content: { 'index.html': 'hello' },
	});
	const mounts = [
		{ path: '/data', volume, readOnly: false },
		{ path: '/mnt/readonly', volume, readOnly: true },
		{ path: '/part', volume, subPath: 'deep/part', readOnly: false },
		{ path: '/etc/web', volume: config, readOnly: true },
		{ path: '/srv/index.html', volume: config, subPath: 'index.html', readOnly: true },
	];
	await inside(
		({ files }) => {
			files.writeFile('/data/f', 'shared');
			assert.equal(files.readText('/mnt/readonly/f'), 'shared');
			assert.equal(
				codeOf(() => files.writeFile('/mnt/readonly/f', '')),
				'EROFS',
			);
			files.writeFile('/part/p', 'deep');
			assert.equal(files.readText('/data/deep/part/p'), 'deep');
			assert.equal(files.readText('/etc/web/index.html'), 'hello');
			assert.equal(files.readLink('/etc/web/index.html'), '..data/index.html');
			assert.equal(files.readText('/srv/index.html'), 'hello');
			assert.equal(
				codeOf(() => files.rename('/data/f', '/tmp/f')),
				'EXDEV',
			);
			assert.equal(
				codeOf(() => files.remove('/data')),
				'EBUSY',
			);
			runtime.updateVolume(config, { 'index.html': 'updated' });
			assert.equal(files.readText('/etc/web/index.html'), 'updated');
			assert.equal(files.readText('/srv/index.html'), 'hello');
		},
		{ mounts },
	);
	await inside(({ files }) => assert.equal(files.readText('/data/f'), 'shared'), { mounts });
});

test('a read-only root keeps /tmp out of reach but its volumes writable', async () => {
	const { runtime } = startContainer({});
	const volume = runtime.createVolume({ type: 'emptyDir', source: 'emptyDir/tmp' });
	await inside(
		({ files }) => {
			assert.equal(
				codeOf(() => files.writeFile('/etc/new', '')),
				'EROFS',
			);
			files.writeFile('/tmp/new', '');
			files.writeFile('/dev/shm/new', '');
		},
		{ readOnlyRoot: true, mounts: [{ path: '/tmp', volume, readOnly: false }] },
	);
});

test('/proc, /dev and the files of the pod in /etc', async () => {
	await inside(async (process) => {
		const { files } = process;
		assert.equal(files.readText('/proc/1/cmdline'), 'pause\0');
		assert.match(files.readText('/proc/self/status'), /^Name:\tmain\n[\s\S]*\nPid:\t2\n/);
		assert.ok(files.list('/proc').includes('1'));
		assert.match(files.readText('/proc/self/environ'), /PATH=/);
		assert.equal(files.readText('/etc/hostname'), 'test-0\n');
		assert.match(files.readText('/etc/hosts'), /\n10\.244\.1\.7\ttest-0\n$/);
		assert.equal(
			files.readText('/etc/resolv.conf'),
			'search default.svc.cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n',
		);
		const zero = process.open('/dev/zero', 'r');
		assert.deepEqual([...(await zero.read(3, process))], [0, 0, 0]);
		await process.open('/dev/stdout', 'w').write(new Uint8Array([0x41]), process);
		await assert.rejects(process.open('/dev/full', 'w').write(new Uint8Array(1), process), {
			code: 'ENOSPC',
		});
		assert.equal(
			codeOf(() => process.open('/dev/tty', 'r')),
			'ENXIO',
		);
	});
});

test('a copied executable runs the same program', async () => {
	const hello: Program = async (process) => {
		await process.write(1, 'hello\n');
		return 0;
	};
	const copy: Program = (process) => {
		process.files.writeFile('/tmp/copy', process.files.readFile('/bin/hello'), { mode: 0o755 });
		return 0;
	};
	const { run } = startContainer({ hello, copy });
	await run(['copy']);
	assert.equal((await run(['/tmp/copy'])).stdout, 'hello\n');
});
