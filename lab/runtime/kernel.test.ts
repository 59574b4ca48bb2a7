import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Program, SystemError } from './process.ts';
import { settled, startContainer } from './test-container.ts';

const text = new TextDecoder();

const yes: Program = async (process) => {
	while (true) await process.write(1, 'y\n');
};
const head: Program = async (process) => {
	const data = text.decode(await process.read(0));
	await process.write(1, `${data.split('\n')[0]}\n`);
	return 0;
};
const spin: Program = async (process) => {
	while (true) {
		const pause = process.step();
		if (pause) await pause;
	}
};
const hello: Program = async (process) => {
	await process.write(1, `hello ${process.argv.slice(1).join(' ')}\n`);
	return 0;
};

test('a pipe streams, and its writer ends by PIPE when nobody reads', async () => {
	const main: Program = async (process) => {
		const { reader, writer } = process.pipe();
		const left = process.spawn({ argv: ['yes'], files: new Map([[1, writer]]) });
		const right = process.spawn({ argv: ['head'], files: new Map([[0, reader]]) });
		reader.release();
		writer.release();
		const ends = [await process.wait(right.pid), await process.wait(left.pid)];
		await process.write(1, JSON.stringify(ends.map((end) => [end?.code, end?.signal ?? ''])));
		return 0;
	};
	const { run } = startContainer({ main, yes, head });
	assert.equal((await run(['main'])).stdout, 'y\n[[0,""],[141,"PIPE"]]');
});

test('a busy loop neither starves another process nor survives KILL', async () => {
	const main: Program = async (process) => {
		const { pid } = process.spawn({ argv: ['spin'] });
		await process.sleep(50);
		process.kill(pid, 'KILL');
		const end = await process.wait(pid);
		await process.write(1, String(end?.code));
		return 0;
	};
	const { run } = startContainer({ main, spin });
	assert.equal((await run(['main'])).stdout, '137');
});

test('a busy loop as PID 1 leaves an exec in the same container its turns', async () => {
	const { run, container } = startContainer({ spin, hello }, { command: ['spin'] });
	assert.equal((await run(['hello', 'there'])).stdout, 'hello there\n');
	container.signal('KILL');
	assert.equal((await container.wait()).code, 137);
});

test('processes are limited, so that a fork bomb ends in EAGAIN', async () => {
	const main: Program = async (process) => {
		try {
			while (true) process.spawn({ argv: ['pause'] });
		} catch (error) {
			if (!(error instanceof SystemError)) throw error;
			await process.write(1, `${error.code}: ${error.message}`);
		}
		return 0;
	};
	const { run } = startContainer({ main });
	assert.equal((await run(['main'])).stdout, 'EAGAIN: Resource temporarily unavailable');
});

test('a handler runs and interrupts a wait; without one PID 1 ignores TERM from inside and outside', async () => {
	const init: Program = async (process) => {
		let ended = false;
		process.onSignal('TERM', () => {
			ended = true;
		});
		while (!ended) {
			try {
				await process.sleep(1_000_000);
			} catch (error) {
				if (!(error instanceof SystemError)) throw error;
				await process.write(1, `${error.code}\n`);
			}
		}
		return 5;
	};
	const handled = startContainer({ init }, { command: ['init'] });
	await handled.clock.advance(10);
	handled.container.signal('TERM');
	assert.equal((await settled(handled.clock, handled.container.wait())).code, 5);
	assert.deepEqual(
		handled.container.log.entries().map(({ data }) => text.decode(data)),
		['EINTR\n'],
	);

	const killer: Program = async (process) => {
		process.kill(1, 'KILL');
		return 0;
	};
	const deaf = startContainer({ killer });
	await deaf.run(['killer']);
	deaf.container.signal('TERM');
	await deaf.clock.advance(1000);
	assert.equal(deaf.container.state, 'running');
	deaf.container.signal('KILL');
	assert.equal((await deaf.container.wait()).signal, 'KILL');
});

test('an orphan becomes a child of PID 1, and stays a zombie where that does not wait', async () => {
	const child: Program = async (process) => {
		process.spawn({ argv: ['short'] });
		return 0;
	};
	const short: Program = async (process) => {
		await process.sleep(5);
		return 0;
	};
	const careless: Program = async (process) => {
		while (true) await process.sleep(1_000_000);
	};
	const states: Program = async (process) => {
		await process.sleep(20);
		const found = process.processes().filter(({ argv }) => argv[0] === 'short');
		await process.write(1, JSON.stringify(found.map(({ parentPid, state }) => [parentPid, state])));
		return 0;
	};
	const left = startContainer({ child, short, careless, states }, { command: ['careless'] });
	await left.run(['child']);
	assert.equal((await left.run(['states'])).stdout, '[[1,"Z"]]');
	const reaped = startContainer({ child, short, states });
	await reaped.run(['child']);
	assert.equal((await reaped.run(['states'])).stdout, '[]');
});

test('STOP holds a process, CONT lets it go on, and its parent hears of the stop', async () => {
	const counter: Program = async (process) => {
		for (let count = 0; ; count++) {
			process.files.writeFile('/tmp/count', String(count));
			await process.sleep(10);
		}
	};
	const main: Program = async (process) => {
		const { pid } = process.spawn({ argv: ['counter'] });
		await process.sleep(55);
		process.kill(pid, 'STOP');
		const stopped = await process.wait(pid, { untraced: true });
		await process.sleep(100);
		const before = process.files.readText('/tmp/count');
		process.kill(pid, 'CONT');
		await process.sleep(55);
		const after = process.files.readText('/tmp/count');
		process.kill(pid, 'TERM');
		const end = await process.wait(pid);
		await process.write(1, `${stopped?.state} ${stopped?.signal} ${before} ${after} ${end?.signal}`);
		return 0;
	};
	const { run } = startContainer({ main, counter });
	const [state, signal, before, after, end] = (await run(['main'])).stdout.split(' ');
	assert.deepEqual([state, signal, end], ['stopped', 'STOP', 'TERM']);
	assert.ok(Number(before) <= 6 && Number(after) > Number(before), `${before} then ${after}`);
});

test('memory over the limit ends the container as OOMKilled', async () => {
	const eater: Program = async (process) => {
		while (true) {
			process.allocate(1_000_000);
			await process.sleep(1);
		}
	};
	const { clock, container } = startContainer(
		{ eater },
		{ command: ['eater'], memoryLimitBytes: 64 * 1024 * 1024 },
	);
	const exit = await settled(clock, container.wait());
	assert.deepEqual(exit, { code: 137, signal: 'KILL', oomKilled: true });
});

test('limits may change while a container runs', async () => {
	const eater: Program = async (process) => {
		process.allocate(100_000_000);
		await process.sleep(1000);
		process.allocate(1);
		return await process.sleep(1000).then(() => 0);
	};
	const { clock, container } = startContainer({ eater }, { command: ['eater'] });
	await clock.advance(10);
	container.limit({ memoryLimitBytes: 64 * 1024 * 1024 });
	assert.equal(container.state, 'running');
	const exit = await settled(clock, container.wait());
	assert.deepEqual(exit, { code: 137, signal: 'KILL', oomKilled: true });
});

test('what cannot be executed is refused in the words of runc', async () => {
	const { run } = startContainer({});
	const refusal = async (command: string) => {
		const { startError, code } = await run([command]);
		return [code, startError?.replace(/^.*start exec "[0-9a-f]{64}": /, '')];
	};
	const words = 'OCI runtime exec failed: exec failed: unable to start container process: exec: ';
	assert.deepEqual(await refusal('foo'), [127, `${words}"foo": executable file not found in $PATH: unknown`]);
	assert.deepEqual(await refusal('/etc/passwd'), [126, `${words}"/etc/passwd": permission denied: unknown`]);
	assert.deepEqual(await refusal('/nope'), [
		127,
		`${words}"/nope": stat /nope: no such file or directory: unknown`,
	]);
	assert.throws(
		() => startContainer({}, { command: ['nosuch'] }),
		/^Error: failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "nosuch": executable file not found in \$PATH: unknown$/,
	);
});

test('equal seeds and inputs give equal runs', async () => {
	const main: Program = async (process) => {
		const random = process.open('/dev/urandom', 'r');
		await process.write(1, (await random.read(8, process)).join());
		return 0;
	};
	const [first, second] = [startContainer({ main }), startContainer({ main })];
	assert.equal((await first.run(['main'])).stdout, (await second.run(['main'])).stdout);
	assert.equal(first.container.id, second.container.id);
});

test('a program that swallows its end does not go on', async () => {
	const stubborn: Program = async (process) => {
		while (true) await process.sleep(1000).catch(() => {});
	};
	const { clock, container } = startContainer({ stubborn }, { command: ['stubborn'] });
	await clock.advance(10);
	container.signal('KILL');
	await clock.advance(10_000);
	assert.equal(container.exit?.code, 137);
});

test('a file has one lock, which its holder keeps until it ends', async () => {
	const hold: Program = async (process) => {
		const file = process.open('/tmp/lock', 'a');
		process.setFile(3, file);
		file.lock?.();
		await process.sleep(100);
		return 0;
	};
	const main: Program = async (process) => {
		const { pid } = process.spawn({ argv: ['hold'] });
		await process.sleep(1);
		const file = process.open('/tmp/lock', 'a');
		assert.throws(() => file.lock?.(), { code: 'EAGAIN', message: 'Resource temporarily unavailable' });
		process.kill(pid, 'KILL');
		await process.wait(pid);
		file.lock?.();
		file.lock?.();
		return 0;
	};
	const { run } = startContainer({ main, hold });
	assert.deepEqual(await run(['main']), { code: 0, stdout: '', stderr: '' });
});
