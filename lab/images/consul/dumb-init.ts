// dumb-init, PID 1 of the image: it starts one program in a session of its own, hands signals on to it, reaps
// what else ends, and ends as that program did (github.com/Yelp/dumb-init).
import { type Process, type Program, type Signal, SystemError } from '../../runtime/process.ts';

const handedOn: readonly Signal[] = ['HUP', 'INT', 'QUIT', 'TERM', 'USR1', 'USR2', 'WINCH', 'CONT'];

async function reap(process: Process) {
	for (;;) {
		try {
			return await process.wait();
		} catch (error) {
			if (!(error instanceof SystemError) || error.code !== 'EINTR') throw error;
		}
	}
}

export const dumbInit: Program = async (process) => {
	const argv = process.argv.slice(1);
	if (argv.length === 0) {
		await process.write(2, 'Usage: dumb-init [option] program [args]\n');
		return 1;
	}
	let child: number;
	try {
		child = process.spawn({ argv, newSession: true }).pid;
	} catch (error) {
		if (!(error instanceof SystemError)) throw error;
		await process.write(2, `[dumb-init] ${argv[0]}: ${error.message}\n`);
		return 2;
	}
	for (const signal of handedOn)
		process.onSignal(signal, () => {
			try {
				process.kill(-child, signal);
			} catch (error) {
				if (!(error instanceof SystemError)) throw error;
			}
		});
	for (;;) {
		const ended = await reap(process);
		if (ended?.pid !== child || ended.state !== 'exited') continue;
		return ended.code;
	}
};
