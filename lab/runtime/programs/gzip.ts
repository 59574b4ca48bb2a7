// gzip, gunzip and zcat.
import { gunzipping, gzipping } from './gzip-format.ts';
import type { Call, Tool } from './tool.ts';
import { inTurns } from './work.ts';

async function convert(
	call: Call,
	path: string,
	expand: boolean,
	toOutput: boolean,
	force: boolean,
	keep: boolean,
): Promise<number> {
	const { files } = call.process;
	const input = await call.readAll(path);
	const output = await inTurns<Uint8Array | undefined>(
		call.process,
		expand ? gunzipping(input) : gzipping(input),
	);
	if (!output) {
		await call.complain(
			call.busybox ? 'invalid magic' : `${path === '-' ? 'stdin' : path}: not in gzip format`,
		);
		return 1;
	}
	if (toOutput || path === '-') {
		await call.print(output);
		return 0;
	}
	if (expand && !/\.t?gz$/.test(path)) {
		await call.complain(`${path}: unknown suffix${call.busybox ? '' : ' -- ignored'}`);
		return call.busybox ? 1 : 2;
	}
	const target = expand ? path.replace(/\.tgz$/, '.tar').replace(/\.gz$/, '') : `${path}.gz`;
	if (files.exists(target) && !force) {
		await call.complain(
			call.busybox ? `can't open '${target}': File exists` : `${target} already exists;	not overwritten`,
		);
		return call.busybox ? 1 : 2;
	}
	const { mode, modifiedAt } = files.status(path);
	files.writeFile(target, output, { mode });
	files.setModified(target, modifiedAt);
	if (!keep) files.remove(path);
	return 0;
}

function gzipAs(name: string): Tool {
	return {
		name,
		usage: '[-cfkdt123456789] [FILE]...',
		async run(call) {
			const options = call.options({
				short: 'cdfkltnqvr123456789',
				long: {
					stdout: 'c',
					'to-stdout': 'c',
					decompress: 'd',
					force: 'f',
					keep: 'k',
					best: '9',
					fast: '1',
					quiet: 'q',
					test: 't',
				},
			});
			const expand = name !== 'gzip' || options.has('d');
			let worst = 0;
			const complaint = (path: string, error: Error) => `${path}: ${error.message}`;
			const code = await call.eachFile(options.operands, complaint, async (path) => {
				worst = Math.max(
					worst,
					await convert(
						call,
						path,
						expand,
						name === 'zcat' || options.has('c'),
						options.has('f'),
						options.has('k'),
					),
				);
			});
			return Math.max(worst, code);
		},
	};
}

export const gzip = gzipAs('gzip');
export const gunzip = gzipAs('gunzip');
export const zcat = gzipAs('zcat');
