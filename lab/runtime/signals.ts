// Signals as Linux numbers them (signal(7)), and what each does to a process without a handler.
import type { Signal } from './process.ts';

const numbers: Record<Signal, number> = {
	HUP: 1,
	INT: 2,
	QUIT: 3,
	KILL: 9,
	USR1: 10,
	USR2: 12,
	PIPE: 13,
	ALRM: 14,
	TERM: 15,
	CHLD: 17,
	CONT: 18,
	STOP: 19,
	TSTP: 20,
	TTIN: 21,
	TTOU: 22,
	WINCH: 28,
};

/** Every signal by name, in the order of the numbers. */
export const signals = Object.keys(numbers) as Signal[];

export function signalNumber(signal: Signal): number {
	return numbers[signal];
}

/** The signal of a number, or of a name with or without SIG in any case; undefined where there is none. */
export function signalOf(name: string | number): Signal | undefined {
	const text = String(name);
	if (/^\d+$/.test(text)) return signals.find((signal) => numbers[signal] === Number(text));
	const bare = text.toUpperCase().replace(/^SIG/, '');
	return signals.find((signal) => signal === bare);
}

/** What happens to a process that neither handles nor ignores the signal. */
export function defaultAction(signal: Signal): 'end' | 'stop' | 'continue' | 'ignore' {
	switch (signal) {
		case 'CHLD':
		case 'WINCH':
			return 'ignore';
		case 'CONT':
			return 'continue';
		case 'STOP':
		case 'TSTP':
		case 'TTIN':
		case 'TTOU':
			return 'stop';
		default:
			return 'end';
	}
}

const descriptions: Partial<Record<Signal, string>> = {
	HUP: 'Hangup',
	QUIT: 'Quit',
	KILL: 'Killed',
	USR1: 'User defined signal 1',
	USR2: 'User defined signal 2',
	ALRM: 'Alarm clock',
	TERM: 'Terminated',
	STOP: 'Stopped (signal)',
	TSTP: 'Stopped',
	TTIN: 'Stopped (tty input)',
	TTOU: 'Stopped (tty output)',
};

/** strsignal's words, as a shell reports a job that a signal has ended or stopped; '' for INT and PIPE, which it does not report. */
export function signalDescription(signal: Signal): string {
	return descriptions[signal] ?? '';
}
