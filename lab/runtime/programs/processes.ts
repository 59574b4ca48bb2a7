// ps, kill, pgrep, pkill, pidof: the processes of the pod.
import { type ProcessInfo, type Signal, SystemError } from '../process.ts';
import { signalNumber, signalOf, signals } from '../signals.ts';
import { userName } from './accounts.ts';
import { strftime } from './dates.ts';
import type { Options } from './options.ts';
import { compileRegex, RegexError } from './regex.ts';
import { alignColumns } from './sizes.ts';
import { nodeMemoryBytes } from './system.ts';
import { type Call, lastPart, type Tool, ToolFailure } from './tool.ts';

export const commandLine = ({ argv, state }: ProcessInfo) =>
	state === 'Z' ? `[${nameOf(argv)}] <defunct>` : argv.join(' ');
/** The kernel's name of a process, cut to 15 letters. */
export const nameOf = (argv: readonly string[]) =>
	lastPart((argv[0] ?? '').split(' ')[0].replace(/:$/, ''))
		.replace(/^-/, '')
		.slice(0, 15);
const two = (value: number) => String(value).padStart(2, '0');

function elapsed(call: Call, { startedAt }: ProcessInfo): string {
	const seconds = Math.floor((call.process.clock.now() - startedAt) / 1000);
	const days = Math.floor(seconds / 86400);
	const clock = `${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
	const hours = Math.floor((seconds % 86400) / 3600);
	return `${days > 0 ? `${days}-` : ''}${days > 0 || hours > 0 ? `${two(hours)}:` : ''}${clock}`;
}

export const sorted = (call: Call) => [...call.process.processes()].sort((a, b) => a.pid - b.pid);
export const userOf = (call: Call, { uid }: ProcessInfo) => userName(call.process, uid) ?? String(uid);
const tty = (info: ProcessInfo) => (info.tty ? 'pts/0' : '?');
const stateOf = (info: ProcessInfo) =>
	`${info.state}${info.session === info.pid ? 's' : ''}${info.tty && info.state === 'R' ? '+' : ''}`;

/** The columns of `ps -o`. */
export const columns: Record<
	string,
	{ title: string; left?: boolean; value: (call: Call, info: ProcessInfo) => string }
> = {
	pid: { title: 'PID', value: (_, info) => String(info.pid) },
	ppid: { title: 'PPID', value: (_, info) => String(info.parentPid) },
	pgid: { title: 'PGID', value: (_, info) => String(info.processGroup) },
	pgrp: { title: 'PGRP', value: (_, info) => String(info.processGroup) },
	sid: { title: 'SID', value: (_, info) => String(info.session) },
	user: { title: 'USER', left: true, value: userOf },
	uid: { title: 'UID', value: (_, info) => String(info.uid) },
	gid: { title: 'GID', value: (_, info) => String(info.gid) },
	tty: { title: 'TT', left: true, value: (_, info) => tty(info) },
	time: { title: 'TIME', value: () => '00:00:00' },
	etime: { title: 'ELAPSED', value: elapsed },
	stat: { title: 'STAT', left: true, value: (_, info) => stateOf(info) },
	state: { title: 'S', left: true, value: (_, info) => info.state },
	rss: { title: 'RSS', value: (_, info) => String(Math.ceil(info.memoryBytes / 1024)) },
	vsz: { title: 'VSZ', value: (_, info) => String(Math.ceil(info.memoryBytes / 1024) + 2048) },
	start: { title: 'STARTED', value: (_, info) => strftime('%H:%M:%S', info.startedAt) },
	lstart: { title: 'STARTED', value: (_, info) => strftime('%a %b %e %H:%M:%S %Y', info.startedAt) },
	comm: { title: 'COMMAND', left: true, value: (_, info) => nameOf(info.argv) },
	args: { title: 'COMMAND', left: true, value: (_, info) => commandLine(info) },
};
columns.cmd = { ...columns.args, title: 'CMD' };
columns.command = columns.args;
columns.ucmd = { ...columns.comm, title: 'CMD' };
columns.tt = columns.tty;
columns.s = columns.state;

async function printTable(
	call: Call,
	names: readonly [name: string, title: string][],
	processes: readonly ProcessInfo[],
	titled: boolean,
): Promise<void> {
	const rows = processes.map((info) => names.map(([name]) => columns[name].value(call, info)));
	const table = titled ? [names.map(([, title]) => title), ...rows] : rows;
	const widths: Record<string, number> = { PID: 7, PPID: 7 };
	const padded = table.map((row) =>
		row.map((cell, i) => cell.padStart(columns[names[i][0]].left ? 0 : (widths[names[i][1]] ?? 0))),
	);
	for (const line of alignColumns(padded, (i) => columns[names[i][0]].left ?? false))
		await call.print(`${line}\n`);
}

function chosenColumns(call: Call, options: Options): [string, string][] | undefined {
	const given = options.values('o');
	if (given.length === 0) return undefined;
	return given
		.flatMap((value) => value.split(','))
		.map((text) => {
			const [name, title] = text.trim().split('=');
			if (!Object.hasOwn(columns, name))
				return call.fail(
					call.busybox
						? `bad -o argument '${name}', supported arguments: user,group,comm,args,pid,ppid,pgid,tty,vsz,sid,stat,rss`
						: `error: unknown user-defined format specifier "${name}"`,
				);
			return [name, title ?? columns[name].title];
		});
}

async function psBusybox(call: Call): Promise<number> {
	const options = call.options({ short: 'o:TlwaefAux' });
	const chosen = chosenColumns(call, options);
	const processes = sorted(call);
	if (chosen) {
		await printTable(call, chosen, processes, true);
		return 0;
	}
	await call.print('PID   USER     TIME  COMMAND\n');
	for (const info of processes)
		await call.print(
			`${String(info.pid).padStart(5)} ${userOf(call, info).slice(0, 8).padEnd(8)}  0:00 ${info.state === 'Z' ? `[${nameOf(info.argv)}]` : info.argv.join(' ')}\n`,
		);
	return 0;
}

export const ps: Tool = {
	name: 'ps',
	usage: '[-o COL1,COL2=HEADER] [-T]',
	async run(call) {
		if (call.busybox) return psBusybox(call);
		// BSD's options come without a dash: `ps aux`.
		const args = call.args.map((arg) =>
			/^[axuefwlj]+$/.test(arg)
				? `-${arg.replace(/[axu]+/g, (letters) => (letters.includes('u') ? 'U' : 'A'))}`
				: arg,
		);
		const options = call.withArguments(args).options({
			short: 'AaedfFlLjUwxo:p:C:u:H',
			long: {
				'pid=': 'p',
				'format=': 'o',
				'no-headers': 'no-headers',
				'no-heading': 'no-headers',
				forest: 'H',
				'sort=': 'sort',
			},
		});
		let processes = sorted(call);
		const own = processes.find(({ pid }) => pid === call.process.pid);
		const pids = options
			.values('p')
			.flatMap((value) => value.split(/[ ,]+/))
			.map(Number);
		const names = options.values('C').flatMap((value) => value.split(','));
		if (pids.length > 0 || names.length > 0)
			processes = processes.filter((info) => pids.includes(info.pid) || names.includes(nameOf(info.argv)));
		else if (!options.has('A', 'e', 'a', 'd', 'U', 'x'))
			processes = processes.filter(
				(info) => info.uid === call.process.uid && info.tty === (own?.tty ?? false),
			);
		const chosen = chosenColumns(call, options);
		const titled = !options.has('no-headers') && !(chosen?.every(([, title]) => title === '') ?? false);
		if (chosen) await printTable(call, chosen, processes, titled);
		else if (options.has('U')) {
			await call.print('USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n');
			for (const info of processes) {
				const memory = ((info.memoryBytes / nodeMemoryBytes) * 100).toFixed(1);
				await call.print(
					`${userOf(call, info).padEnd(8)} ${String(info.pid).padStart(7)}  0.0 ${memory.padStart(4)} ${columns.vsz.value(call, info).padStart(6)} ${columns.rss.value(call, info).padStart(5)} ${tty(info).padEnd(8)} ${stateOf(info).padEnd(4)} ${strftime('%H:%M', info.startedAt)}   0:00 ${commandLine(info)}\n`,
				);
			}
		} else if (options.has('f', 'F')) {
			await call.print('UID          PID    PPID  C STIME TTY          TIME CMD\n');
			for (const info of processes)
				await call.print(
					`${userOf(call, info).padEnd(8)} ${String(info.pid).padStart(7)} ${String(info.parentPid).padStart(7)}  0 ${strftime('%H:%M', info.startedAt)} ${tty(info).padEnd(8)} 00:00:00 ${commandLine(info)}\n`,
				);
		} else {
			await call.print('    PID TTY          TIME CMD\n');
			for (const info of processes)
				await call.print(
					`${String(info.pid).padStart(7)} ${tty(info).padEnd(8)} 00:00:00 ${nameOf(info.argv)}\n`,
				);
		}
		return processes.length > 0 ? 0 : 1;
	},
};

function send(call: Call, pid: number, signal: Signal | 0): string | undefined {
	try {
		call.process.kill(pid, signal);
		return undefined;
	} catch (error) {
		if (error instanceof SystemError) return error.message;
		throw error;
	}
}

export const kill: Tool = {
	name: 'kill',
	usage: '[-l] [-SIG] PID...',
	async run(call) {
		const args = [...call.args];
		let signal: Signal | 0 = 'TERM';
		const first = args[0] ?? '';
		if (first === '-l' || first === '-L') {
			const [, ...numbers] = args;
			for (const text of numbers)
				await call.print(
					`${/^\d+$/.test(text) ? (signalOf(Number(text) % 128) ?? text) : signalNumber(signalOf(text) ?? call.fail(`unknown signal name ${text}`))}\n`,
				);
			if (numbers.length === 0)
				await call.print(
					`${signals.map((name) => (call.busybox ? `${String(signalNumber(name)).padStart(2)}) ${name}\n` : name)).join(call.busybox ? '' : ' ')}${call.busybox ? '' : '\n'}`,
				);
			return 0;
		}
		if (first === '-s' || first === '-n') {
			signal =
				signalOf(args[1] ?? '') ??
				call.fail(call.busybox ? `bad signal name '${args[1]}'` : `unknown signal name ${args[1]}`);
			args.splice(0, 2);
		} else if (/^-[A-Za-z0-9]+$/.test(first)) {
			signal =
				first === '-0'
					? 0
					: (signalOf(first.slice(1)) ??
						call.fail(
							call.busybox ? `bad signal name '${first.slice(1)}'` : `unknown signal name ${first.slice(1)}`,
						));
			args.shift();
		}
		if (args[0] === '--') args.shift();
		if (args.length === 0)
			throw call.busybox
				? new ToolFailure('you need to specify whom to kill')
				: call.usageFailure('not enough arguments');
		let code = 0;
		for (const text of args) {
			if (!/^-?\d+$/.test(text)) {
				await call.complain(
					call.busybox ? `invalid number '${text}'` : `failed to parse argument: '${text}'`,
				);
				code = 1;
				continue;
			}
			const refused = send(call, Number(text), signal);
			if (refused === undefined) continue;
			await call.complain(call.busybox ? `can't kill pid ${text}: ${refused}` : `(${text}): ${refused}`);
			code = 1;
		}
		return code;
	},
};

function matching(call: Call, options: Options): ProcessInfo[] {
	const [pattern] = options.operands;
	if (pattern === undefined && !options.has('u', 'P'))
		throw call.usageFailure('no matching criteria specified', 2);
	let test = (_: string) => true;
	if (pattern !== undefined) {
		try {
			const regex = compileRegex(options.has('x') ? `^(${pattern})$` : pattern, {
				extended: true,
				ignoreCase: options.has('i'),
			});
			test = (text) => regex.find(text) !== undefined;
		} catch (error) {
			if (error instanceof RegexError) return call.fail(error.message, 2);
			throw error;
		}
	}
	const found = sorted(call).filter(
		(info) =>
			info.pid !== call.process.pid &&
			info.state !== 'Z' &&
			test(options.has('f') ? info.argv.join(' ') : nameOf(info.argv)) !== options.has('v'),
	);
	const parent = options.value('P');
	const ofParent =
		parent === undefined
			? found
			: found.filter(({ parentPid }) => parent.split(',').includes(String(parentPid)));
	const user = options.value('u');
	const ofUser =
		user === undefined
			? ofParent
			: ofParent.filter((info) => user === String(info.uid) || user === userOf(call, info));
	return options.has('n') ? ofUser.slice(-1) : options.has('o') ? ofUser.slice(0, 1) : ofUser;
}

const matchOptions = 'flxvnoiaP:u:cd:s:e';

export const pgrep: Tool = {
	name: 'pgrep',
	usage: '[-flanovx] [-P PPID] [PATTERN]',
	async run(call) {
		const options = call.options(
			{
				short: matchOptions,
				long: {
					full: 'f',
					'list-name': 'l',
					'list-full': 'a',
					exact: 'x',
					newest: 'n',
					oldest: 'o',
					count: 'c',
					'parent=': 'P',
				},
			},
			2,
		);
		const found = matching(call, options);
		if (options.has('c')) await call.print(`${found.length}\n`);
		else
			for (const info of found)
				await call.print(
					`${info.pid}${options.has('a') ? ` ${info.argv.join(' ')}` : options.has('l') ? ` ${call.busybox && options.has('f') ? info.argv.join(' ') : nameOf(info.argv)}` : ''}\n`,
				);
		return found.length > 0 ? 0 : 1;
	},
};

export const pkill: Tool = {
	name: 'pkill',
	usage: '[-l|-SIGNAL] [-xfvno] [-P PPID] [PATTERN]',
	async run(call) {
		let signal: Signal | 0 = 'TERM';
		const args = call.args.filter((arg) => {
			const named = /^-(\d+|(?:SIG)?[A-Z][A-Z0-9]+)$/.exec(arg)?.[1];
			const known = named === '0' ? 0 : named === undefined ? undefined : signalOf(named);
			if (known === undefined) return true;
			signal = known;
			return false;
		});
		const options = call
			.withArguments(args)
			.options({ short: matchOptions, long: { full: 'f', exact: 'x', 'signal=': 's' } }, 2);
		const named = options.value('s');
		if (named !== undefined) signal = signalOf(named) ?? call.fail(`unknown signal name ${named}`, 2);
		const found = matching(call, options);
		let sent = 0;
		for (const { pid } of found) {
			const refused = send(call, pid, signal);
			if (refused === undefined) sent++;
			else await call.complain(`killing pid ${pid} failed: ${refused}`);
		}
		return sent > 0 ? 0 : 1;
	},
};

export const pidof: Tool = {
	name: 'pidof',
	usage: '[NAME]...',
	async run(call) {
		const options = call.options({ short: 'so:x' });
		const found = sorted(call).filter(
			(info) =>
				info.pid !== call.process.pid &&
				options.operands.some((name) => nameOf(info.argv) === name || info.argv[0] === name),
		);
		const pids = found.map(({ pid }) => pid).reverse();
		if (pids.length === 0) return 1;
		await call.print(`${(options.has('s') ? pids.slice(0, 1) : pids).join(' ')}\n`);
		return 0;
	},
};
