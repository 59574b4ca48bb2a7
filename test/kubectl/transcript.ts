// Compares a cluster with a recording of another: the same commands, and the same words but for what no two
// clusters share (names of nodes, generated names, addresses, times, the widths of columns).

import { setTimeout as sleep } from 'node:timers/promises';
import type { Result, Workspace } from './workspace.ts';

/** A command whose exit code and output were recorded. */
export interface RecordedCommand extends Result {
	command: string;
	/** Its lines may come in any order. */
	sorted?: boolean;
}

export type RecordedStep =
	| RecordedCommand
	/** Writes a file. */
	| { file: string; body: string }
	/** Runs a command whose output is not compared. */
	| { setup: string }
	/** Waits until a command exits with 0. */
	| { until: string };

export interface Recording {
	/** The recorded server's version. */
	server: string;
	/** The names of its nodes. */
	nodes: string[];
	steps: RecordedStep[];
}

/** How long an `until` may take, and how often it is asked, in milliseconds. */
const patience = 60_000;
const interval = 300;

/** What differs between any two clusters, and what stands for it; in order, since a later rule sees the former's work. */
const differences: [RegExp, string][] = [
	[/\r/g, ''],
	[/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID'],
	[/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g, 'TIME'],
	[/\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g, 'TIME'],
	[/\b(\d{1,3}\.){3}\d{1,3}\b/g, 'ADDRESS'],
	[/\b(sha256:|containerd:\/\/)[0-9a-f]{12,}/g, 'DIGEST'],
	[/("?resourceVersion"?: ?)"?\d+"?/g, '$1VERSION'],
	[/\bkube-api-access-[0-9a-z]{5}\b/g, 'kube-api-access-SUFFIX'],
	// A ReplicaSet's pod (name-hash-suffix), then a hash behind a separator.
	[/-[0-9a-z]{8,10}-[0-9a-z]{5}\b/g, '-HASH-SUFFIX'],
	[/([=:-] ?)(?=[a-z]*\d)[0-9a-z]{8,10}\b/g, '$1HASH'],
	// Ages, as columns and in brackets, and durations.
	[/(?<![\w.])(<invalid>|(\d+[dhms]){1,2})(?= ago| \(|\)|\s|$)/gm, 'AGE'],
	[/\b\d+(\.\d+)?m?s\b/g, 'DURATION'],
	[/Image size: \d+ bytes/g, 'Image size: N bytes'],
	// What kubectl says since 1.34 and since 1.36, and does not before.
	[/( (force )?deleted) from \S+ namespace/g, '$1'],
	[/^Warning: resource \S+ was previously managed with 'kubectl apply'.*\n?/gm, ''],
	[/[ \t]+/g, ' '],
	[/ $/gm, ''],
];

/** The text with everything that may differ made equal. */
export function normalise(text: string, nodes: readonly string[], sorted = false): string {
	let same = text;
	const longestFirst = [...nodes].sort((one, other) => other.length - one.length);
	for (const node of longestFirst)
		same = same.replace(new RegExp(`\\b${node.replace(/[^\w-]/g, '\\$&')}\\b`, 'g'), 'NODE');
	for (const [pattern, replacement] of differences) same = same.replace(pattern, replacement);
	const lines = same.split('\n').filter((line) => line.trim() !== '');
	return (sorted ? lines.sort() : lines).join('\n');
}

/** A step of a replay, by what was recorded and what came, both normalised. */
export interface Replayed {
	title: string;
	recorded: Result;
	came: Result;
}

async function wait(workspace: Workspace, command: string): Promise<Result> {
	const end = performance.now() + patience;
	for (;;) {
		const result = await workspace.run(command);
		if (result.exit === 0 || performance.now() > end) return result;
		await sleep(interval);
	}
}

/** Replays a recording step by step; gives those that can be compared. */
export async function* replay(recording: Recording, workspace: Workspace): AsyncGenerator<Replayed> {
	const names = await workspace.run('kubectl get nodes -o name');
	const nodes = names.stdout.split('\n').flatMap((line) => line.replace('node/', '') || []);
	for (const step of recording.steps) {
		if ('file' in step) await workspace.write(step.file, step.body);
		else if ('setup' in step) await workspace.run(step.setup);
		else if ('until' in step) {
			// Only whether it came true is compared.
			const { exit, stdout, stderr } = await wait(workspace, step.until);
			const came = exit === 0 ? { exit, stdout: '', stderr: '' } : { exit, stdout, stderr };
			yield { title: `until: ${step.until}`, recorded: { exit: 0, stdout: '', stderr: '' }, came };
		} else {
			const came = await workspace.run(step.command);
			const alike = ({ exit, stdout, stderr }: Result, names: readonly string[]): Result => ({
				exit,
				stdout: normalise(stdout, names, step.sorted),
				stderr: normalise(stderr, names, step.sorted),
			});
			yield { title: step.command, recorded: alike(step, recording.nodes), came: alike(came, nodes) };
		}
	}
}
