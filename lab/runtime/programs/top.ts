// top: the processes of the pod, again and again; on a terminal until q, at once by space.
import { isTerminal, Keyboard, terminalOf } from '../keyboard.ts';
import type { ProcessInfo } from '../process.ts';
import { strftime } from './dates.ts';
import { columns, commandLine, nameOf, sorted, userOf } from './processes.ts';
import { reversed } from './screen-text.ts';
import { nodeMemoryBytes } from './system.ts';
import type { Call, Tool } from './tool.ts';

const kib = (bytes: number) => Math.floor(bytes / 1024);
const mib = (bytes: number) => (bytes / 1048576).toFixed(1).padStart(8);
const usedBytes = (processes: readonly ProcessInfo[]) =>
	processes.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);

/** The lines above the table, its title, and its rows. */
interface Table {
	summary: string[];
	title: string;
	rows: string[];
}

function busyboxTable(call: Call, processes: readonly ProcessInfo[]): Table {
	const used = usedBytes(processes);
	return {
		summary: [
			`Mem: ${kib(used)}K used, ${kib(nodeMemoryBytes - used)}K free, 0K shrd, 0K buff, 0K cached`,
			'CPU:   0% usr   0% sys   0% nic 100% idle   0% io   0% irq   0% sirq',
			`Load average: 0.00 0.00 0.00 1/${processes.length} ${call.process.pid}`,
		],
		title: '  PID  PPID USER     STAT   VSZ %VSZ CPU %CPU COMMAND',
		rows: processes.map((info) =>
			[
				String(info.pid).padStart(5),
				String(info.parentPid).padStart(5),
				userOf(call, info).slice(0, 8).padEnd(8),
				info.state.padEnd(4),
				columns.vsz.value(call, info).padStart(5),
				'  0%   0   0%',
				commandLine(info),
			].join(' '),
		),
	};
}

function procpsTable(call: Call, processes: readonly ProcessInfo[]): Table {
	const used = usedBytes(processes);
	const count = (...states: ProcessInfo['state'][]) =>
		String(processes.filter(({ state }) => states.includes(state)).length).padStart(3);
	return {
		summary: [
			`top - ${strftime('%H:%M:%S', call.process.clock.now())} up 0 min,  0 users,  load average: 0.00, 0.00, 0.00`,
			`Tasks: ${String(processes.length).padStart(3)} total, ${count('R')} running, ${count('S')} sleeping, ${count('T')} stopped, ${count('Z')} zombie`,
			'%Cpu(s):  0.0 us,  0.0 sy,  0.0 ni,100.0 id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st',
			`MiB Mem : ${mib(nodeMemoryBytes)} total, ${mib(nodeMemoryBytes - used)} free, ${mib(used)} used,      0.0 buff/cache`,
			`MiB Swap:      0.0 total,      0.0 free,      0.0 used. ${mib(nodeMemoryBytes - used)} avail Mem`,
			'',
		],
		title: '    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND',
		rows: processes.map((info) => {
			const resident = columns.rss.value(call, info).padStart(6);
			return [
				String(info.pid).padStart(7),
				`${userOf(call, info).padEnd(8)}  20   0`,
				columns.vsz.value(call, info).padStart(7),
				resident,
				resident,
				info.state,
				'  0.0',
				((info.memoryBytes / nodeMemoryBytes) * 100).toFixed(1).padStart(5),
				'  0:00.00',
				nameOf(info.argv),
			].join(' ');
		}),
	};
}

export const top: Tool = {
	name: 'top',
	usage: '[-b] [-n COUNT] [-d SECONDS]',
	async run(call) {
		const options = call.options({ short: 'bn:d:p:u:HcS' });
		const { process } = call;
		const given = Number(options.value('n') ?? Number.POSITIVE_INFINITY);
		const rounds = Number.isNaN(given) ? call.fail(`bad argument '${options.value('n')}'`) : given;
		const delay = Number(options.value('d') ?? (call.busybox ? 5 : 3));
		const delayMs =
			Number.isNaN(delay) || delay < 0
				? call.fail(`bad delay interval '${options.value('d')}'`)
				: delay * 1000;
		const table = () => (call.busybox ? busyboxTable : procpsTable)(call, sorted(call));
		const terminal = isTerminal(process, 1) && !options.has('b') ? terminalOf(process) : undefined;
		if (!terminal) {
			for (let round = 0; round < rounds; round++) {
				if (round > 0) await process.sleep(delayMs);
				const { summary, title, rows } = table();
				await call.print(`${[...summary, title, ...rows].join('\n')}\n`);
				await call.flush();
			}
			return 0;
		}
		const keyboard = new Keyboard(process, terminal, { loneEscape: true });
		await keyboard.raw(async () => {
			for (let round = 0; round < rounds; round++) {
				const { size } = keyboard.terminal;
				const { summary, title, rows } = table();
				const lines = [...summary, reversed(title.padEnd(size.columns).slice(0, size.columns)), ...rows];
				const shown = lines.slice(0, size.rows - 1);
				await process.write(1, `\x1b[H\x1b[J${shown.map((line) => `${line}\n`).join('')}`);
				// Any key but these is none of top's, and shows the processes at once.
				const key = round + 1 < rounds ? await keyboard.key(delayMs) : 'q';
				if (key === '\x1a') await keyboard.suspend();
				if (key === undefined || key === 'q' || key === 'Q' || key === '\x03') return;
			}
		});
		return 0;
	},
};
