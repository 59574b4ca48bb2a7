import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Container, LogEntry } from './container.ts';
import type { Program } from './process.ts';
import { collect, imageOf, plainContainer, programTree, settled, startContainer } from './test-container.ts';
import { TestTerminal } from './test-terminal.ts';

const text = new TextDecoder();
const lines = ({ log }: Container) => log.entries().map(({ stream, data }) => [stream, text.decode(data)]);

const copy: Program = async (process) => {
	while (true) {
		const data = await process.read(0);
		if (data.length === 0) return 0;
		await process.write(1, data);
	}
};

test('the log holds whole lines by stream, and the rest when the container ends', async () => {
	const main: Program = async (process) => {
		await process.write(1, 'one\ntw');
		await process.write(2, 'error\n');
		await process.sleep(1500);
		await process.write(1, 'o\nrest');
		return 0;
	};
	const { clock, container } = startContainer({ main }, { command: ['main'] });
	const start = clock.now();
	await settled(clock, container.wait());
	assert.deepEqual(lines(container), [
		['stdout', 'one\n'],
		['stderr', 'error\n'],
		['stdout', 'two\n'],
		['stdout', 'rest'],
	]);
	assert.deepEqual(
		container.log.entries().map(({ at }) => at - start),
		[0, 0, 1500, 1500],
	);
});

test('following a log gives what is there and what comes, to the end', async () => {
	const main: Program = async (process) => {
		for (let count = 0; count < 3; count++) {
			await process.write(1, `${count}\n`);
			await process.sleep(100);
		}
		return 0;
	};
	const { clock, container } = startContainer({ main }, { command: ['main'] });
	const seen: string[] = [];
	const followed = (async () => {
		for await (const entry of container.log.follow(new AbortController().signal))
			seen.push(text.decode((entry as LogEntry).data));
	})();
	await settled(clock, followed);
	assert.deepEqual(seen, ['0\n', '1\n', '2\n']);
});

test('an endless writer keeps at most 10 MiB of log, and ends when it is killed', async () => {
	const main: Program = async (process) => {
		const line = new Uint8Array(16 * 1024).fill(0x79);
		while (true) await process.write(1, line);
	};
	const { clock, container } = startContainer({ main }, { command: ['main'] });
	await clock.advance(20);
	container.signal('KILL');
	assert.equal((await container.wait()).code, 137);
	const size = container.log.entries().reduce((sum, { data }) => sum + data.length, 0);
	assert.ok(size > 0 && size <= 10 * 1024 * 1024, String(size));
});

test('exec streams stdin to its end and gives the exit code', async () => {
	const { run } = startContainer({ copy });
	assert.deepEqual(await run(['copy'], 'typed'), { code: 0, stdout: 'typed', stderr: '' });
	assert.equal((await run(['copy'])).stdout, '');
});

test('a slow client holds the writer back', async () => {
	let written = 0;
	const flood: Program = async (process) => {
		while (true) {
			await process.write(1, new Uint8Array(1000));
			written++;
		}
	};
	const { clock, container } = startContainer({ flood });
	const gone = new AbortController();
	const never = new Promise<void>(() => {});
	const exec = container.exec(['flood'], {
		tty: false,
		stdout: () => never,
		stderr: () => {},
		signal: gone.signal,
	});
	await clock.advance(100);
	assert.equal(written, 0);
	container.remove();
	assert.equal((await exec).code, 137);
});

test('what exec leaves in the background goes on', async () => {
	const main: Program = (process) => {
		process.spawn({ argv: ['pause'] });
		return 0;
	};
	const count: Program = async (process) => {
		await process.write(1, String(process.processes().filter(({ argv }) => argv[0] === 'pause').length));
		return 0;
	};
	const { run } = startContainer({ main, count });
	await run(['main']);
	assert.equal((await run(['count'])).stdout, '2');
});

test('several clients attach to one container and share its streams', async () => {
	const { clock, container } = startContainer({ copy }, { command: ['copy'], stdin: true, stdinOnce: true });
	const watcher = collect();
	const watched = container.attach(watcher.streams);
	const typist = collect('hello\n');
	const typed = container.attach(typist.streams);
	assert.equal((await settled(clock, typed)).code, 0);
	assert.equal((await watched).code, 0);
	assert.deepEqual([watcher.stdout(), typist.stdout()], ['hello\n', 'hello\n']);
	assert.deepEqual(lines(container), [['stdout', 'hello\n']]);
});

test('a container with a terminal: attach, size changes, and its log', async () => {
	const main: Program = async (process) => {
		const { terminal } = process.file(0);
		process.onSignal('WINCH', () => {});
		try {
			await process.read(0);
		} catch {
			await process.write(1, `${terminal?.size.columns}x${terminal?.size.rows}\n`);
		}
		return 0;
	};
	const { clock, container } = startContainer({ main }, { command: ['main'], tty: true, stdin: true });
	const terminal = new TestTerminal(clock, (streams) => container.attach(streams));
	await clock.advance(1);
	terminal.resize(132, 43);
	await terminal.until('132x43\r\n');
	assert.deepEqual(lines(container), [['stdout', '132x43\r\n']]);
});

test('the environment is what containerd sets: PATH, HOSTNAME, the image, the pod, HOME', async () => {
	const env: Program = async (process) => {
		await process.write(1, [...process.env].map(([name, value]) => `${name}=${value}\n`).join(''));
		return 0;
	};
	const { run } = startContainer({ env }, { env: new Map([['GREETING', 'hi']]) });
	assert.equal(
		(await run(['env'])).stdout,
		'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\nHOSTNAME=test-0\nGREETING=hi\nHOME=/root\n',
	);
});

test('a program that reads or writes without end leaves others their turns', async () => {
	const devour: Program = async (process) => {
		const zero = process.open('/dev/zero', 'r');
		const nothing = process.open('/dev/null', 'w');
		while (true) await nothing.write(await zero.read(65_536, process), process);
	};
	const hello: Program = async (process) => {
		await process.write(1, 'hello');
		return 0;
	};
	const { run, container } = startContainer({ devour, hello }, { command: ['devour'] });
	assert.equal((await run(['hello'])).stdout, 'hello');
	container.remove();
});

test('a program that fails says why, and the container lives on', async () => {
	const broken: Program = () => {
		throw new TypeError('undefined is not what it was');
	};
	const { run, container } = startContainer({ broken });
	const { code, stderr } = await run(['broken']);
	assert.deepEqual([code, stderr], [134, 'broken: undefined is not what it was\n']);
	assert.equal(container.state, 'running');
});

test('a running container costs little beyond its shared image', async () => {
	const image = startContainer({ copy });
	const before = process.memoryUsage().heapUsed;
	const containers = Array.from({ length: 200 }, () =>
		image.sandbox.createContainer({
			name: 'more',
			image: { reference: '', digest: '', sizeBytes: 0, layers, config },
			...plainContainer(),
		}),
	);
	for (const container of containers) container.start();
	await image.clock.advance(1);
	const each = (process.memoryUsage().heapUsed - before) / containers.length;
	assert.ok(each < 100_000, `${Math.round(each / 1000)} kB each`);
});

const pause: Program = async (process) => {
	while (true) await process.sleep(1_000_000);
};
const layers = [{ bin: { pause: { $program: pause } } }];
const config = { entrypoint: ['pause'], cmd: [], env: {}, workingDir: '' };

test('the containers of a pod share its /dev/shm', async () => {
	const { sandbox, container, clock } = startContainer({
		put: (process) => {
			process.files.writeFile('/dev/shm/note', 'left by another');
			return 0;
		},
	});
	await settled(clock, container.exec(['put'], collect().streams));
	const other = sandbox.createContainer({
		name: 'other',
		image: imageOf(
			programTree({
				show: async (process) => {
					await process.write(1, process.files.readText('/dev/shm/note'));
					return 0;
				},
			}),
		),
		...plainContainer(),
		readOnlyRoot: true,
	});
	other.start();
	const output = collect();
	await settled(clock, other.exec(['show'], output.streams));
	assert.equal(output.stdout(), 'left by another');
	sandbox.stop();
});
