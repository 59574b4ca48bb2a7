// stty and tty: the terminal on standard input, and how it treats lines.
import type { Process, Terminal } from '../process.ts';
import { type Call, type Tool, ToolFailure } from './tool.ts';

type Mode = keyof Terminal['mode'];
const modes: Readonly<Record<string, Mode>> = { isig: 'signals', icanon: 'canonical', echo: 'echo' };
/** Bits of c_lflag (termios(3)), and what else is set in it. */
const bits: Readonly<Record<Mode, number>> = { signals: 1, canonical: 2, echo: 8 };
const otherBits = 0x8a30;

/** Settings that the lab's terminals do not vary in, as -a lists them. */
const fixed = {
	control: '-parenb -parodd -cmspar cs8 -hupcl -cstopb cread -clocal -crtscts',
	input:
		'-ignbrk -brkint -ignpar -parmrk -inpck -istrip -inlcr -igncr icrnl ixon -ixoff\n-iuclc -ixany -imaxbel -iutf8',
	output: 'opost -olcuc -ocrnl onlcr -onocr -onlret -ofill -ofdel nl0 cr0 tab0 bs0 vt0 ff0',
	echo: 'echoe echok -echonl -noflsh -xcase -tostop -echoprt\nechoctl echoke -flusho -extproc',
};
const accepted = new Set(
	Object.values(fixed)
		.join(' ')
		.split(/\s+/)
		.map((name) => name.replace(/^-/, '')),
);
const specialCharacters =
	'intr = ^C; quit = ^\\; erase = ^?; kill = ^U; eof = ^D; eol = <undef>;\neol2 = <undef>; swtch = <undef>; start = ^Q; stop = ^S; susp = ^Z; rprnt = ^R;\nwerase = ^W; lnext = ^V; discard = ^O; min = 1; time = 0;';
/** What takes a value that the lab's terminals keep as it is. */
const valued = new Set([...specialCharacters.matchAll(/(\w+) = /g)].map(([, name]) => name));

const terminalOf = (process: Process): Terminal | undefined => process.file(0).terminal;

const shown = ({ mode }: Terminal, name: string) => (mode[modes[name]] ? name : `-${name}`);

function describe(terminal: Terminal): string {
	const changed = Object.keys(modes).filter((name) => !terminal.mode[modes[name]]);
	const off = changed.map((name) => `-${name}`).join(' ');
	return `speed 38400 baud; line = 0;\n-brkint -imaxbel\n${off === '' ? '' : `${off}\n`}`;
}

function describeAll(terminal: Terminal): string {
	const { rows, columns } = terminal.size;
	return `${[
		`speed 38400 baud; rows ${rows}; columns ${columns}; line = 0;`,
		specialCharacters,
		fixed.control,
		fixed.input,
		fixed.output,
		`${shown(terminal, 'isig')} ${shown(terminal, 'icanon')} iexten ${shown(terminal, 'echo')} ${fixed.echo}`,
	].join('\n')}\n`;
}

/** As -g prints it, for a later stty: c_iflag, c_oflag, c_cflag, c_lflag and the control characters. */
function saved({ mode }: Terminal): string {
	const local = Object.entries(bits).reduce(
		(sum, [name, bit]) => sum | (mode[name as Mode] ? bit : 0),
		otherBits,
	);
	return `500:5:bf:${local.toString(16)}:3:1c:7f:15:4:0:1:0:11:13:1a:0:12:f:17:16:0${':0'.repeat(15)}\n`;
}

function restore(terminal: Terminal, local: number): void {
	for (const [name, bit] of Object.entries(bits)) terminal.mode[name as Mode] = (local & bit) !== 0;
}

/** Does what one setting says, and gives how many of the words after it belong to it. */
function apply(call: Call, terminal: Terminal, setting: string, value: string | undefined): number {
	const on = !setting.startsWith('-');
	const name = on ? setting : setting.slice(1);
	const local = /^[0-9a-f]+:[0-9a-f]+:[0-9a-f]+:([0-9a-f]+):/.exec(setting)?.[1];
	if (local !== undefined) restore(terminal, Number.parseInt(local, 16));
	else if (Object.hasOwn(modes, name)) terminal.mode[modes[name]] = on;
	else if (name === 'raw' || name === 'cooked') {
		const cooked = (name === 'cooked') === on;
		terminal.mode.canonical = cooked;
		terminal.mode.signals = cooked;
	} else if (name === 'cbreak') terminal.mode.canonical = !on;
	else if (setting === 'sane') restore(terminal, 0xff);
	else if (setting === 'rows' || setting === 'cols' || setting === 'columns') {
		if (value === undefined || !/^\d+$/.test(value))
			throw call.usageFailure(
				value === undefined ? `missing argument to ‘${setting}’` : `invalid integer argument: ‘${value}’`,
			);
		terminal.size = { ...terminal.size, [setting === 'rows' ? 'rows' : 'columns']: Number(value) };
		return 1;
	} else if (valued.has(setting)) return 1;
	else if (!accepted.has(name)) throw call.usageFailure(`invalid argument ‘${setting}’`);
	return 0;
}

export const stty: Tool = {
	name: 'stty',
	usage: '[-a|g] [-F DEVICE] [SETTING]...',
	async run(call) {
		const terminal = terminalOf(call.process);
		const input = call.busybox ? 'standard input' : "'standard input'";
		if (!terminal) throw new ToolFailure(`${input}: Inappropriate ioctl for device`);
		const { args } = call;
		if (args.length === 0) await call.print(describe(terminal));
		for (let at = 0; at < args.length; at++) {
			const setting = args[at];
			if (setting === '-a') await call.print(describeAll(terminal));
			else if (setting === '-g') await call.print(saved(terminal));
			else if (setting === 'size') await call.print(`${terminal.size.rows} ${terminal.size.columns}\n`);
			else if (setting === 'speed') await call.print('38400\n');
			else at += apply(call, terminal, setting, args[at + 1]);
		}
		return 0;
	},
};

export const tty: Tool = {
	name: 'tty',
	usage: '[-s]',
	async run(call) {
		const options = call.options({ short: 's', long: { silent: 's', quiet: 's' } }, 2);
		const terminal = terminalOf(call.process);
		if (!options.has('s')) await call.print(`${terminal ? terminal.name : 'not a tty'}\n`);
		return terminal ? 0 : 1;
	},
};
