// date, id, whoami, uname, uptime, free, nproc: what a container can say of itself and its node.
import { findUser, groupName, supplementaryGroups, userName } from './accounts.ts';
import { strftime } from './dates.ts';
import { humanSize } from './sizes.ts';
import type { Call, Tool } from './tool.ts';

/** The node's kernel, as /proc/version and uname name it. */
export const kernelRelease = '6.1.0-lab';
/** What a node of the lab has. */
export const nodeMemoryBytes = 4 * 1024 ** 3;
export const nodeProcessors = 2;

/** A date as `date -d` takes it, in milliseconds since 1970; undefined for what it does not know. */
function parseDate(text: string, now: number): number | undefined {
	const trimmed = text.trim();
	if (/^@-?\d+(\.\d+)?$/.test(trimmed)) return Number(trimmed.slice(1)) * 1000;
	if (trimmed === '' || trimmed === 'now') return now;
	const day = 86_400_000;
	if (trimmed === 'today') return now;
	if (trimmed === 'yesterday') return now - day;
	if (trimmed === 'tomorrow') return now + day;
	const units: Record<string, number> = {
		second: 1000,
		sec: 1000,
		minute: 60_000,
		min: 60_000,
		hour: 3_600_000,
		day,
		week: 7 * day,
	};
	const [, sign, number, unit, ago] =
		/^([-+]?)(\d+)\s*(second|sec|minute|min|hour|day|week)s?(\s+ago)?$/.exec(trimmed) ?? [];
	if (unit) return now + Number(number) * units[unit] * (sign === '-' ? -1 : 1) * (ago ? -1 : 1);
	const iso = /^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?( ?(Z|UTC|[-+]\d{2}:?\d{2}))?$/.test(
		trimmed,
	);
	const zoned = /(Z|UTC|GMT|[-+]\d{2}:?\d{2})$/.test(trimmed);
	const at = Date.parse(
		iso && !zoned
			? `${trimmed.replace(' ', 'T')}${trimmed.length > 10 ? 'Z' : ''}`
			: zoned || iso
				? trimmed
				: `${trimmed} UTC`,
	);
	return Number.isNaN(at) ? undefined : at;
}

export const date: Tool = {
	name: 'date',
	usage: '[OPTIONS] [+FMT] [[-s] TIME]',
	async run(call) {
		const options = call.options({
			short: 'd:f:I::r:Rs:uD:',
			long: {
				'date=': 'd',
				'iso-8601=?': 'I',
				'reference=': 'r',
				'rfc-email': 'R',
				'rfc-3339=': 'rfc3339',
				utc: 'u',
				universal: 'u',
				'set=': 's',
			},
		});
		const { process } = call;
		let at = process.clock.now();
		const given = options.value('d');
		if (given !== undefined)
			at =
				parseDate(given, at) ??
				call.fail(call.busybox ? `invalid date '${given}'` : `invalid date ‘${given}’`);
		const reference = options.value('r');
		if (reference !== undefined) {
			if (!process.files.exists(reference))
				return call.fail(
					call.busybox
						? `${reference}: No such file or directory`
						: `${reference}: No such file or directory`,
				);
			at = process.files.status(reference).modifiedAt;
		}
		const [operand] = options.operands;
		if (options.has('s') || (operand !== undefined && !operand.startsWith('+'))) {
			if (operand !== undefined && !options.has('s') && !/^\d{8,}/.test(operand))
				return call.fail(call.busybox ? `invalid date '${operand}'` : `invalid date ‘${operand}’`);
			return call.fail(
				call.busybox ? "can't set date: Operation not permitted" : 'cannot set date: Operation not permitted',
			);
		}
		const iso: Record<string, string> = {
			date: '%Y-%m-%d',
			hours: '%Y-%m-%dT%H+00:00',
			minutes: '%Y-%m-%dT%H:%M+00:00',
			seconds: '%Y-%m-%dT%H:%M:%S+00:00',
			ns: '%Y-%m-%dT%H:%M:%S,%N+00:00',
		};
		const format =
			operand?.slice(1) ??
			(options.has('I') ? iso[options.value('I') ?? 'date'] : undefined) ??
			(options.has('R') ? '%a, %d %b %Y %H:%M:%S +0000' : undefined) ??
			(options.has('rfc3339') ? '%Y-%m-%d %H:%M:%S+00:00' : undefined) ??
			'%a %b %e %H:%M:%S UTC %Y';
		await call.print(`${strftime(format, at)}\n`);
		return 0;
	},
};

export const id: Tool = {
	name: 'id',
	usage: '[-ugGnr] [USER]',
	async run(call) {
		const options = call.options({
			short: 'ugGnrz',
			long: { user: 'u', group: 'g', groups: 'G', name: 'n' },
		});
		const { process } = call;
		const [operand] = options.operands;
		const found = operand === undefined ? { uid: process.uid, gid: process.gid } : findUser(process, operand);
		if (!found) return call.fail(call.busybox ? `unknown user ${operand}` : `‘${operand}’: no such user`);
		const { uid, gid = uid } = found;
		const user = userName(process, uid);
		const groups =
			operand === undefined
				? process.groups
				: [...new Set([gid, ...(user ? supplementaryGroups(process, user) : [])])];
		const names = options.has('n');
		if (options.has('u')) await call.print(`${names ? (user ?? uid) : uid}\n`);
		else if (options.has('g')) await call.print(`${names ? (groupName(process, gid) ?? gid) : gid}\n`);
		else if (options.has('G'))
			await call.print(
				`${groups.map((group) => (names ? (groupName(process, group) ?? group) : group)).join(' ')}\n`,
			);
		else {
			const group = (value: number) =>
				`${value}${groupName(process, value) ? `(${groupName(process, value)})` : ''}`;
			await call.print(
				`uid=${uid}${user ? `(${user})` : ''} gid=${group(gid)} groups=${groups.map(group).join(',')}\n`,
			);
		}
		return 0;
	},
};

export const whoami: Tool = {
	name: 'whoami',
	async run(call) {
		const { process } = call;
		const user = userName(process, process.uid);
		if (user === undefined)
			return call.fail(
				call.busybox ? `unknown uid ${process.uid}` : `cannot find name for user ID ${process.uid}`,
			);
		await call.print(`${user}\n`);
		return 0;
	},
};

export const uname: Tool = {
	name: 'uname',
	usage: '[-amnrspvio]',
	async run(call) {
		const options = call.options({
			short: 'asnrvmpio',
			long: {
				all: 'a',
				'kernel-name': 's',
				nodename: 'n',
				'kernel-release': 'r',
				'kernel-version': 'v',
				machine: 'm',
				'operating-system': 'o',
			},
		});
		const parts: Record<string, string> = {
			s: 'Linux',
			n: call.process.hostname,
			r: kernelRelease,
			v: '#1 SMP PREEMPT_DYNAMIC',
			m: 'x86_64',
			p: 'unknown',
			i: 'unknown',
			o: call.flavour === 'musl' ? 'Linux' : 'GNU/Linux',
		};
		const order = 'snrvmpio';
		const wanted = options.has('a') ? [...'snrvmo'] : [...order].filter((letter) => options.has(letter));
		await call.print(`${(wanted.length > 0 ? wanted : ['s']).map((letter) => parts[letter]).join(' ')}\n`);
		return 0;
	},
};

/** Milliseconds since the oldest process of the pod began. */
function runningFor(call: Call): number {
	const now = call.process.clock.now();
	return now - call.process.processes().reduce((first, { startedAt }) => Math.min(first, startedAt), now);
}

export const uptime: Tool = {
	name: 'uptime',
	async run(call) {
		const minutes = Math.floor(runningFor(call) / 60_000);
		const days = Math.floor(minutes / 1440);
		const hours = Math.floor((minutes % 1440) / 60);
		const up = `${days > 0 ? `${days} day${days > 1 ? 's' : ''}, ` : ''}${hours > 0 ? `${String(hours).padStart(2)}:${String(minutes % 60).padStart(2, '0')}` : `${minutes % 60} min`}`;
		await call.print(
			` ${strftime('%H:%M:%S', call.process.clock.now())} up ${up},  0 users,  load average: 0.00, 0.00, 0.00\n`,
		);
		return 0;
	},
};

export const free: Tool = {
	name: 'free',
	usage: '[-bkmgh]',
	async run(call) {
		const options = call.options({
			short: 'bkmghtw',
			long: { bytes: 'b', kibi: 'k', mebi: 'm', gibi: 'g', human: 'h' },
		});
		const used = call.process.processes().reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
		const unit =
			{ b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }[options.last('b', 'k', 'm', 'g') as 'k'] ?? 1024;
		const show = (bytes: number) =>
			options.has('h') ? `${humanSize(bytes)}${bytes >= 1024 ? 'i' : 'B'}` : String(Math.floor(bytes / unit));
		const row = (name: string, cells: readonly string[]) =>
			`${name.padEnd(call.busybox ? 7 : 8)}${cells.map((cell) => cell.padStart(12)).join('')}\n`;
		const left = nodeMemoryBytes - used;
		await call.print(row('', ['total', 'used', 'free', 'shared', 'buff/cache', 'available']));
		await call.print(row('Mem:', [nodeMemoryBytes, used, left, 0, 0, left].map(show)));
		await call.print(row('Swap:', [0, 0, 0].map(show)));
		return 0;
	},
};

export const nproc: Tool = {
	name: 'nproc',
	async run(call) {
		await call.print(`${nodeProcessors}\n`);
		return 0;
	},
};

export const arch: Tool = {
	name: 'arch',
	async run(call) {
		await call.print('x86_64\n');
		return 0;
	},
};
