// Builtins that change how execution goes on: break, return, exit, eval, ., exec, trap.
import { SystemError } from '../../process.ts';
import { signalNumber, signalOf } from '../../signals.ts';
import { Jump, ShellError, ShellExit } from '../control-flow.ts';
import type { Shell } from '../shell.ts';
import type { Builtin } from './builtin.ts';

function numberArgument(shell: Shell, name: string, text: string): number {
	if (/^\d+$/.test(text)) return Number(text);
	const { name: dialect } = shell.dialect;
	if (dialect === 'bash') throw new ShellError(`${name}: ${text}: numeric argument required`, 2, true);
	throw new ShellError(`${name}: Illegal number: ${text}`, 2, true);
}

const jump =
	(type: 'break' | 'continue') =>
	async (shell: Shell, [count = '1']: string[]): Promise<number> => {
		const levels = numberArgument(shell, type, count);
		if (levels === 0 && !shell.dialect.bash) throw new ShellError(`${type}: Illegal number: 0`, 2, true);
		if (shell.executor.loops === 0) {
			if (shell.dialect.bash)
				await shell.complain(`${type}: only meaningful in a \`for', \`while', or \`until' loop`);
			return 0;
		}
		throw new Jump(type, Math.max(1, levels));
	};

async function source(shell: Shell, args: string[]): Promise<number> {
	const [name, ...rest] = args;
	if (name === undefined) return 0;
	const path = sourcePath(shell, name);
	let text: string;
	try {
		if (!path) throw new SystemError('ENOENT', 'No such file or directory');
		text = shell.process.files.readText(shell.absolute(path));
	} catch (error) {
		if (!(error instanceof SystemError)) throw error;
		const { name: dialect } = shell.dialect;
		if (dialect === 'bash') throw new ShellError(`${name}: ${error.message}`);
		if (dialect === 'dash')
			throw new ShellError(
				path || name.includes('/') ? `.: cannot open ${name}: No such file` : `.: ${name}: not found`,
				2,
				true,
			);
		throw new ShellError(`.: can't open '${name}': ${error.message}`, 2, true);
	}
	const { positional, script } = shell;
	if (rest.length > 0 && shell.dialect.extended) shell.positional = rest;
	shell.executor.calls++;
	try {
		await shell.run(text);
	} catch (thrown) {
		if (!(thrown instanceof Jump) || thrown.type !== 'return') throw thrown;
		shell.status = thrown.count;
	} finally {
		shell.positional = positional;
		shell.script = script;
		shell.executor.calls--;
	}
	return shell.status;
}

function sourcePath(shell: Shell, name: string): string | undefined {
	if (name.includes('/')) return name;
	for (const folder of (shell.parameter('PATH') ?? '').split(':'))
		if (shell.process.files.exists(`${folder || '.'}/${name}`)) return `${folder || '.'}/${name}`;
	return shell.dialect.name !== 'dash' && shell.process.files.exists(shell.absolute(name)) ? name : undefined;
}

async function exec(shell: Shell, args: string[]): Promise<number> {
	if (args.length === 0) return 0;
	try {
		return await shell.process.exec(args, shell.variables.environment(), shell.commandPath(args[0]));
	} catch (error) {
		if (!(error instanceof SystemError)) throw error;
		const missing = error.code === 'ENOENT';
		const words = missing && !args[0].includes('/') ? 'not found' : error.message;
		await shell.complain(
			shell.dialect.name === 'bash' && args[0].includes('/')
				? `${args[0]}: ${words}`
				: `exec: ${args[0]}: ${words}`,
		);
		throw new ShellExit(missing ? 127 : 126);
	}
}

async function trap(shell: Shell, args: string[]): Promise<number> {
	const words = args[0] === '--' ? args.slice(1) : args;
	if (words.length === 0 || words[0] === '-p') {
		for (const [signal, command] of shell.traps) {
			const name = signal === 'EXIT' || shell.dialect.name !== 'bash' ? signal : `SIG${signal}`;
			const bashQuoted = `'${command.replaceAll("'", "'\\''")}'`;
			await shell.process.write(1, `trap -- ${bashQuoted} ${name}\n`);
		}
		return 0;
	}
	if (words[0] === '-l') {
		await shell.process.write(
			1,
			'HUP INT QUIT KILL USR1 USR2 PIPE ALRM TERM CHLD CONT STOP TSTP TTIN TTOU WINCH\n',
		);
		return 0;
	}
	// A single condition, or a number in front, resets.
	const reset = words[0] === '-' || words.length === 1 || /^\d+$/.test(words[0]);
	const command = reset ? undefined : words[0];
	let status = 0;
	for (const condition of reset && words[0] !== '-' ? words : words.slice(1)) {
		const signal = /^(0|(SIG)?EXIT)$/i.test(condition) ? 'EXIT' : signalOf(condition);
		if (signal) shell.setTrap(signal, command);
		else {
			if (shell.dialect.name === 'dash') await shell.process.write(2, `trap: ${condition}: bad trap\n`);
			else await shell.complain(`trap: ${condition}: invalid signal specification`);
			status = 1;
		}
	}
	return status;
}

export const controlBuiltins: Record<string, Builtin> = {
	':': { run: () => 0 },
	true: { run: () => 0 },
	false: { run: () => 1 },
	break: { run: jump('break') },
	continue: { run: jump('continue') },
	return: {
		run(shell, [status]) {
			const code = status === undefined ? shell.status : numberArgument(shell, 'return', status) & 0xff;
			if (shell.executor.calls === 0 && shell.dialect.name === 'bash')
				throw new ShellError("return: can only `return' from a function or sourced script", 2);
			throw new Jump('return', code);
		},
	},
	exit: {
		run(shell, [status]) {
			throw new ShellExit(status === undefined ? shell.status : numberArgument(shell, 'exit', status) & 0xff);
		},
	},
	eval: {
		async run(shell, args) {
			await shell.run(args.join(' '));
			return shell.status;
		},
	},
	'.': { run: source },
	source: { run: source, only: ({ extended }) => extended },
	exec: { run: exec },
	trap: { run: trap },
	times: {
		async run(shell) {
			await shell.process.write(1, '0m0.000000s 0m0.000000s\n0m0.000000s 0m0.000000s\n');
			return 0;
		},
	},
	kill: {
		async run(shell, args) {
			return kill(shell, args);
		},
	},
};

/** A job's process group; without job control only dash looks for one. */
function jobTarget(shell: Shell, target: string): number {
	const [pid] = shell.jobs.find(target, 'kill').pids;
	return shell.jobs.controlled || shell.dialect.name === 'dash' ? -pid : pid;
}

async function kill(shell: Shell, args: string[]): Promise<number> {
	const [first, ...rest] = args;
	if (first === '-l' || first === '-L') {
		const [wanted] = rest;
		const found =
			wanted === undefined ? undefined : signalOf(Number(wanted) > 128 ? Number(wanted) - 128 : wanted);
		const text = found
			? /^\d+$/.test(wanted)
				? found
				: String(signalNumber(found))
			: 'HUP\nINT\nQUIT\nKILL\nUSR1\nUSR2\nPIPE\nALRM\nTERM\nCHLD\nCONT\nSTOP\nTSTP\nTTIN\nTTOU\nWINCH';
		await shell.process.write(1, `${text}\n`);
		return 0;
	}
	let signalName = 'TERM';
	let targets = args;
	if (first === '-s' || first === '-n') [signalName, ...targets] = rest;
	else if (first === '--') targets = rest;
	else if (first?.startsWith('-') && first.length > 1) {
		signalName = first.slice(1);
		targets = rest;
	}
	const signal = signalName === '0' ? 0 : signalOf(signalName);
	const { name: dialect } = shell.dialect;
	if (signal === undefined) {
		if (dialect === 'dash') throw new ShellError(`kill: Illegal option -${signalName[0]}`, 2);
		throw new ShellError(
			dialect === 'bash'
				? `kill: ${signalName}: invalid signal specification`
				: `kill: bad signal name '${signalName}'`,
		);
	}
	if (targets.length === 0)
		throw new ShellError(
			dialect === 'bash'
				? 'kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]'
				: dialect === 'dash'
					? 'kill: Usage: kill [-s sigspec | -signum | -sigspec] [pid | job]... or\nkill -l [exitstatus]'
					: 'kill: you need to specify whom to kill',
			2,
		);
	let status = 0;
	for (const target of targets) {
		try {
			const pid = target.startsWith('%') ? jobTarget(shell, target) : Number(target);
			if (!Number.isInteger(pid))
				throw new ShellError(
					dialect === 'bash'
						? `kill: ${target}: arguments must be process or job IDs`
						: dialect === 'dash'
							? `kill: Illegal number: ${target}`
							: `kill: invalid number '${target}'`,
					dialect === 'dash' ? 2 : 1,
				);
			shell.process.kill(pid, signal);
		} catch (error) {
			if (!(error instanceof SystemError)) throw error;
			await shell.complain(
				dialect === 'bash'
					? `kill: (${target}) - ${error.message}`
					: dialect === 'dash'
						? `kill: ${error.message}`
						: `kill: can't kill pid ${target}: ${error.message}`,
			);
			status = 1;
		}
	}
	if (shell.trapPending) await shell.runTraps();
	return status;
}
