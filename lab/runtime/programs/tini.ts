// tini: the small init that images put before a program, so that PID 1 passes signals on and reaps.
import { type Program, type Signal, SystemError } from '../process.ts';

const passedOn: readonly Signal[] = ['HUP', 'INT', 'QUIT', 'USR1', 'USR2', 'TERM', 'WINCH'];

/** `tini [-g] [--] COMMAND…`: exits as the command does, with 128 + the signal's number where one ended it. */
export const tini: Program = async (process) => {
	const operands = process.argv.slice(1);
	let group = false;
	while (operands[0]?.startsWith('-')) {
		const option = operands.shift();
		if (option === '--') break;
		if (option === '-g') group = true;
	}
	if (operands.length === 0) {
		await process.write(2, 'Usage: tini [OPTIONS] PROGRAM -- [ARGS] | --version\n');
		return 1;
	}
	let child: number;
	try {
		({ pid: child } = process.spawn({ argv: operands, processGroup: 0 }));
	} catch (error) {
		if (!(error instanceof SystemError)) throw error;
		await process.write(2, `[FATAL tini (${process.pid})] exec ${operands[0]} failed: ${error.message}\n`);
		return error.code === 'ENOENT' ? 127 : 126;
	}
	for (const signal of passedOn)
		process.onSignal(signal, () => {
			try {
				process.kill(group ? -child : child, signal);
			} catch {
				// It has ended in the meantime.
			}
		});
	for (;;) {
		try {
			const ended = await process.wait(-1);
			if (ended?.pid === child) return ended.code;
		} catch (error) {
			if (!(error instanceof SystemError) || error.code !== 'EINTR') throw error;
		}
	}
};
