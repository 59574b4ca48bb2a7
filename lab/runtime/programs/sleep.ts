// sleep, and timeout, which bounds another command's time.
import type { Signal, WaitResult } from '../process.ts';
import { SystemError } from '../process.ts';
import { signalNumber, signalOf } from '../signals.ts';
import { parseDuration } from './durations.ts';
import { type Call, type Tool, ToolFailure } from './tool.ts';

/** The longest that one wait takes, some 24 days: `sleep infinity` waits again. */
const longest = 2 ** 31 - 1;

export const sleep: Tool = {
	name: 'sleep',
	usage: '[N]...',
	async run(call) {
		const { operands } = call.options({});
		if (operands.length === 0) throw call.usageFailure('missing operand');
		let rest = 0;
		for (const operand of operands) {
			const duration = parseDuration(operand);
			if (duration === undefined)
				throw call.busybox
					? new ToolFailure(`invalid number '${operand}'`)
					: call.usageFailure(`invalid time interval ‘${operand}’`);
			rest += duration;
		}
		for (; rest > 0; rest -= longest) await call.process.sleep(Math.min(rest, longest));
		return 0;
	},
};

function signalOption(call: Call, text: string): Signal {
	return signalOf(text) ?? call.fail(`${text}: invalid signal`, 125);
}

export const timeout: Tool = {
	name: 'timeout',
	usage: '[-s SIG] [-k KILL_SECS] SECS PROG ARGS',
	async run(call) {
		const spec = {
			short: 's:k:v',
			long: { 'signal=': 's', 'kill-after=': 'k', 'preserve-status': 'p', foreground: 'f', verbose: 'v' },
			ordered: true,
		};
		const options = call.options(spec, 125);
		const [limit, ...command] = options.operands;
		if (command.length === 0) throw call.usageFailure('missing operand', 125);
		const duration = parseDuration(limit);
		if (duration === undefined && call.busybox) return call.fail(`invalid number '${limit}'`);
		if (duration === undefined) throw call.usageFailure(`invalid time interval ‘${limit}’`, 125);
		const signal = signalOption(call, options.value('s') ?? 'TERM');
		const killAfter = parseDuration(options.value('k') ?? '');
		const { process } = call;

		let pid: number;
		try {
			({ pid } = process.spawn({ argv: command }));
		} catch (error) {
			if (!(error instanceof SystemError)) throw error;
			return call.fail(
				`failed to run command ‘${command[0]}’: ${error.message}`,
				error.code === 'ENOENT' ? 127 : 126,
			);
		}
		let timedOut = false;
		const send = (what: Signal) => {
			try {
				process.kill(pid, what);
			} catch {
				// It has ended in the meantime.
			}
		};
		const timers =
			duration > 0 && duration <= longest
				? [
						process.clock.after(duration, () => {
							timedOut = true;
							send(signal);
							if (killAfter !== undefined) timers.push(process.clock.after(killAfter, () => send('KILL')));
						}),
					]
				: [];
		const result = await waitFor(process, pid);
		for (const timer of timers) timer.cancel();
		if (!timedOut || options.has('p')) return result.code;
		return result.signal === 'KILL' ? 128 + signalNumber('KILL') : 124;
	},
};

/** Waits for one child, through interrupting signals. */
export async function waitFor(process: Call['process'], pid: number): Promise<WaitResult> {
	for (;;) {
		try {
			const result = await process.wait(pid);
			if (result) return result;
		} catch (error) {
			if (!(error instanceof SystemError) || error.code !== 'EINTR') throw error;
		}
	}
}
