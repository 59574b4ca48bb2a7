// dd: blocks copied, and counted.
import { SystemError } from '../process.ts';
import { parseSize } from './sizes.ts';
import type { Tool } from './tool.ts';

/** Sizes may be products: `4x1k`. */
function sizeOf(text: string): number | undefined {
	const parts = text.split('x').map(parseSize);
	return parts.includes(undefined)
		? undefined
		: parts.reduce<number>((product, part) => product * (part ?? 1), 1);
}

function human(bytes: number, base: 1000 | 1024): string {
	const units = base === 1000 ? ['B', 'kB', 'MB', 'GB'] : ['B', 'KiB', 'MiB', 'GiB'];
	let value = bytes;
	let unit = 0;
	for (; value >= base && unit < 3; unit++) value /= base;
	return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

export const dd: Tool = {
	name: 'dd',
	usage:
		'[if=FILE] [of=FILE] [ibs=N obs=N/bs=N] [count=N] [skip=N] [seek=N]\n\t[conv=notrunc|noerror|sync|fsync]',
	async run(call) {
		const { process } = call;
		const given = new Map<string, string>();
		for (const arg of call.args) {
			const [, name, value] = /^(\w+)=(.*)$/.exec(arg) ?? [];
			if (!name) throw call.usageFailure(`unrecognized operand ‘${arg}’`);
			if (
				![
					'if',
					'of',
					'bs',
					'ibs',
					'obs',
					'count',
					'skip',
					'seek',
					'conv',
					'status',
					'iflag',
					'oflag',
					'cbs',
				].includes(name)
			)
				throw call.usageFailure(`unrecognized operand ‘${arg}’`);
			given.set(name, value);
		}
		const number = (name: string, otherwise: number) => {
			const text = given.get(name);
			return text === undefined
				? otherwise
				: (sizeOf(text) ??
						call.fail(call.busybox ? `invalid number '${text}'` : `invalid number: ‘${text}’`));
		};
		const size = number('bs', number('ibs', 512));
		if (size === 0) return call.fail(`invalid number: ‘0’`);
		const count = number('count', Number.POSITIVE_INFINITY);
		const skip = number('skip', 0) * size;
		const seek = number('seek', 0) * number('bs', number('obs', 512));
		const convert = (given.get('conv') ?? '').split(',');
		const open = (path: string, flags: string, what: string) => {
			try {
				return process.open(path, flags);
			} catch (error) {
				return call.fail(
					call.busybox
						? `can't open '${path}': ${(error as Error).message}`
						: `failed to open '${path}'${what}: ${(error as Error).message}`,
				);
			}
		};
		const from = given.get('if');
		const to = given.get('of');
		const input = from === undefined ? process.file(0) : open(from, 'r', '');
		const exists = to !== undefined && process.files.exists(to);
		const output =
			to === undefined
				? process.file(1)
				: open(to, exists && (convert.includes('notrunc') || seek > 0) ? 'r+' : 'w', '');
		if (seek > 0) output.seek?.(seek);
		if (seek > 0 && !convert.includes('notrunc')) output.truncate?.(seek);
		const start = process.clock.now();
		let whole = 0;
		let partial = 0;
		let bytes = 0;
		let toSkip = skip;
		try {
			if (toSkip > 0 && input.seek) {
				input.seek(toSkip);
				toSkip = 0;
			}
			while (toSkip > 0) {
				const data = await input.read(Math.min(toSkip, 65536), process);
				if (data.length === 0) break;
				toSkip -= data.length;
			}
			while (whole + partial < count) {
				const wait = process.step();
				if (wait) await wait;
				const data = await input.read(size, process);
				if (data.length === 0) break;
				if (data.length === size) whole++;
				else partial++;
				await output.write(data, process);
				bytes += data.length;
			}
		} catch (error) {
			if (!(error instanceof SystemError) || error.code === 'EINTR') throw error;
			await call.complain(
				call.busybox
					? `error writing '${to ?? 'standard output'}': ${error.message}`
					: `error writing '${to ?? 'standard output'}': ${error.message}`,
			);
			await report();
			return 1;
		}
		await report();
		if (from !== undefined) input.release();
		if (to !== undefined) output.release();
		return 0;

		async function report(): Promise<void> {
			const status = given.get('status');
			if (status === 'none') return;
			const records = `${whole}+${partial}`;
			await process.write(2, `${records} records in\n${records} records out\n`);
			if (status === 'noxfer') return;
			const seconds = Math.max(0.000001, (process.clock.now() - start) / 1000);
			const speed = `${human(bytes / seconds, call.busybox ? 1024 : 1000)}/s`;
			const sizes = call.busybox
				? bytes >= 1024
					? ` (${human(bytes, 1024).replace(/ (.).*/, '$1')}B)`
					: ''
				: bytes >= 1000
					? ` (${human(bytes, 1000)}${bytes >= 1024 ? `, ${human(bytes, 1024)}` : ''})`
					: '';
			await process.write(
				2,
				`${bytes} bytes${sizes} copied, ${call.busybox ? seconds.toFixed(6) : Number(seconds.toPrecision(6))} ${call.busybox ? 'seconds' : 's'}, ${speed}\n`,
			);
		}
	},
};
