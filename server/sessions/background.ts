// Commands that run unseen: a chapter's setup, and the steps of a check.
import { spawn } from 'node:child_process';
import type { CommandStep } from '../../src/course/manifest.ts';
import { describe, excerpt, matches } from './matching.ts';

/** The most of a command's output that is kept, in characters. */
const longestOutput = 64 << 10;

export interface BackgroundOptions {
	/** Absolute path of the shell. */
	shell: string;
	directory: string;
	environment: Record<string, string>;
	signal: AbortSignal;
}

export interface BackgroundResult {
	passed: boolean;
	output: string;
	exitCode: number | undefined;
	/** Why it did not pass, in a sentence. */
	reason: string | undefined;
}

/**
 * Runs one step's command in a shell of its own and judges it by its hints. A command with `wait=` is ended
 * once its output matches. Never rejects.
 */
export function runInBackground(step: CommandStep, options: BackgroundOptions): Promise<BackgroundResult> {
	return new Promise((resolve) => {
		// One pipe for both streams keeps them in order. Detached: a group of its own, to end as one.
		const child = spawn(options.shell, ['-c', `exec 2>&1\n${step.command}`], {
			cwd: options.directory,
			env: options.environment,
			detached: true,
			stdio: ['ignore', 'pipe', 'ignore'],
		});
		let output = '';
		let waited = false;
		let timedOut = false;
		const end = () => {
			try {
				if (child.pid) process.kill(-child.pid, 'SIGKILL');
			} catch {
				// It has ended meanwhile.
			}
			child.stdout.destroy();
		};
		const timer = setTimeout(() => {
			timedOut = true;
			end();
		}, step.timeout * 1_000);
		options.signal.addEventListener('abort', end, { once: true });
		if (options.signal.aborted) end();
		child.stdout.setEncoding('utf8');
		child.stdout.on('data', (text: string) => {
			if (output.length < longestOutput) output = (output + text).slice(0, longestOutput);
			if (step.wait && !waited && matches(step.wait, output)) {
				waited = true;
				end();
			}
		});
		const settle = (exitCode: number | null, failure?: Error) => {
			clearTimeout(timer);
			options.signal.removeEventListener('abort', end);
			const reason = judge(exitCode, failure);
			resolve({ passed: reason === undefined, output, exitCode: exitCode ?? undefined, reason });
		};
		const judge = (exitCode: number | null, failure?: Error): string | undefined => {
			const said = `the output ends in ${excerpt(output)}`;
			if (failure) return `The shell could not be started: ${failure.message}`;
			if (options.signal.aborted) return 'It was reset.';
			if (timedOut) return `\`${step.command}\` did not end within ${step.timeout} s; ${said}.`;
			if (step.wait && !waited)
				return `\`${step.command}\` ended before its output matched ${describe(step.wait)}; ${said}.`;
			if (!step.wait && exitCode !== step.exit)
				return `\`${step.command}\` ended with exit code ${exitCode} instead of ${step.exit}; ${said}.`;
			if (step.expect && !matches(step.expect, output))
				return `The output of \`${step.command}\` does not contain ${describe(step.expect)}; ${said}.`;
			return undefined;
		};
		child.once('error', (error) => settle(null, error));
		child.once('close', (exitCode) => settle(exitCode));
	});
}
