import type { RunStatus } from './runs.ts';

/** A duration for people: `0.4 s`, `12 s`, `2 min 5 s`. */
export function durationInWords(milliseconds: number): string {
	const seconds = milliseconds / 1000;
	if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
	const whole = Math.round(seconds);
	if (whole < 60) return `${whole} s`;
	return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** A step's state in a sentence; empty where there is nothing to say. `verb` names what was done, as in `Saved`. */
export function statusInWords(status: RunStatus, now: number, verb = 'Passed'): string {
	if (status.state === 'idle') return status.note ?? '';
	if (status.state === 'running') return `Running ${durationInWords(Math.max(0, now - status.since))}`;
	const words = [status.state === 'passed' ? verb : 'Failed'];
	if (status.durationMs !== undefined) words.push(`in ${durationInWords(status.durationMs)}`);
	let text = words.join(' ');
	if (status.exitCode) text += `, exit code ${status.exitCode}`;
	if (status.state === 'failed' && status.reason) text += `: ${status.reason}`;
	return text;
}
