// Ending every process of a session. A process group is not enough: nohup, disown and setsid leave it. So each
// process that carries the session's marker in its environment is found, and what it started, by parent,
// process group and session id, is found with it.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Variables, all of which a process must have been started with: `{ SLIDECAR_SESSION: '…' }`. */
export type Marker = Readonly<Record<string, string>>;

interface ProcessEntry {
	pid: number;
	parent: number;
	group: number;
	session: number;
	marked: boolean;
}

function linuxProcesses(variables: string[]): ProcessEntry[] {
	const entries: ProcessEntry[] = [];
	for (const name of readdirSync('/proc')) {
		if (!/^\d+$/.test(name)) continue;
		try {
			const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
			// The command's name stands in brackets and may hold anything; the fields after it are numbers.
			const [state, parent, group, session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
			if (state === 'Z' || state === 'X') continue;
			let environment: string[] = [];
			try {
				environment = readFileSync(`/proc/${name}/environ`, 'utf8').split('\0');
			} catch {
				// Another user's process.
			}
			entries.push({
				pid: Number(name),
				parent: Number(parent),
				group: Number(group),
				session: Number(session),
				marked: variables.every((variable) => environment.includes(variable)),
			});
		} catch {
			// It has ended meanwhile.
		}
	}
	return entries;
}

function bsdProcesses(variables: string[]): ProcessEntry[] {
	// `-E` appends the environment to the command; macOS shows it for one's own processes.
	const table = execFileSync('ps', ['-axwwE', '-o', 'pid=,ppid=,pgid=,sess=,stat=,command='], {
		encoding: 'utf8',
		maxBuffer: 64 << 20,
	});
	const entries: ProcessEntry[] = [];
	for (const line of table.split('\n')) {
		const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+)\s+(.*)$/.exec(line);
		if (!match || match[5].startsWith('Z')) continue;
		const words = match[6].split(' ');
		entries.push({
			pid: Number(match[1]),
			parent: Number(match[2]),
			group: Number(match[3]),
			session: Number(match[4]) || 0,
			marked: variables.every((variable) => words.includes(variable)),
		});
	}
	return entries;
}

/** The processes that carry the marker, and what they started, as far as it can be told. */
export function findProcesses(marker: Marker): number[] {
	const variables = Object.entries(marker).map(([name, value]) => `${name}=${value}`);
	const all = process.platform === 'linux' ? linuxProcesses(variables) : bsdProcesses(variables);
	const own = all.find((entry) => entry.pid === process.pid);
	const found = new Set<number>();
	const sessions = new Set<number>();
	for (let size = -1; size !== found.size; ) {
		size = found.size;
		for (const entry of all) {
			if (entry.pid === process.pid) continue;
			const started = found.has(entry.parent) || found.has(entry.group) || sessions.has(entry.session);
			if (!entry.marked && !started) continue;
			found.add(entry.pid);
			if (entry.session > 1 && entry.session !== own?.session) sessions.add(entry.session);
		}
	}
	return [...found];
}

function signalAll(processes: Iterable<number>, signal: 'SIGSTOP' | 'SIGKILL'): void {
	for (const pid of processes) {
		try {
			process.kill(pid, signal);
		} catch {
			// It has ended meanwhile.
		}
	}
}

/**
 * Kills what there is; true where there was nothing. All are stopped before the first is killed: what a process
 * starts between being found and being killed could no more be told to be its child.
 */
function killAll(marker: Marker): boolean {
	const stopped = new Set<number>();
	for (;;) {
		const started = findProcesses(marker).filter((pid) => !stopped.has(pid));
		if (started.length === 0) break;
		signalAll(started, 'SIGSTOP');
		for (const pid of started) stopped.add(pid);
	}
	signalAll(stopped, 'SIGKILL');
	return stopped.size === 0;
}

/** Kills them until none remains, however fast they fork; at once, for a server that is about to exit. */
export function endProcessesNow(marker: Marker): void {
	for (let round = 0; round < 200 && !killAll(marker); round++);
}

/** Likewise, and gives way to others between the rounds. Rejects where some remain after 10 s. */
export async function endProcesses(marker: Marker): Promise<void> {
	const deadline = performance.now() + 10_000;
	while (!killAll(marker)) {
		if (performance.now() > deadline)
			throw new Error(`processes ${findProcesses(marker).join(', ')} do not end, not even on SIGKILL`);
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
}
