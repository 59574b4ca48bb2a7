// basename, dirname, readlink, realpath, mktemp: names of files.
import { pick } from '../../random.ts';
import { SystemError } from '../process.ts';
import { type Call, join, lastPart, type Tool } from './tool.ts';

export const basename: Tool = {
	name: 'basename',
	usage: 'FILE [SUFFIX] | -a FILE... | -s SUFFIX FILE...',
	async run(call) {
		const options = call.options({
			short: 'as:z',
			long: { multiple: 'a', 'suffix=': 's', zero: 'z' },
			ordered: true,
		});
		const { operands } = options;
		if (operands.length === 0) throw call.usageFailure('missing operand');
		const many = options.has('a', 's');
		if (!many && operands.length > 2) throw call.usageFailure(`extra operand ‘${operands[2]}’`);
		const suffix = options.value('s') ?? (many ? '' : (operands[1] ?? ''));
		for (const path of many ? operands : operands.slice(0, 1)) {
			const name = lastPart(path);
			const bare = suffix && name !== suffix && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
			await call.print(bare + (options.has('z') ? '\0' : '\n'));
		}
		return 0;
	},
};

export function directoryName(path: string): string {
	const trimmed = path.replace(/\/+$/, '');
	if (trimmed === '') return path.startsWith('/') ? '/' : '.';
	const slash = trimmed.lastIndexOf('/');
	if (slash < 0) return '.';
	return trimmed.slice(0, slash).replace(/\/+$/, '') || '/';
}

export const dirname: Tool = {
	name: 'dirname',
	usage: 'FILENAME',
	async run(call) {
		const { operands } = call.options({ short: 'z' });
		if (operands.length === 0) throw call.usageFailure('missing operand');
		for (const path of operands) await call.print(`${directoryName(path)}\n`);
		return 0;
	},
};

/** Without dots and doubled slashes; links stay. */
function lexical(cwd: string, path: string): string {
	const parts: string[] = [];
	for (const part of (path.startsWith('/') ? path : join(cwd, path)).split('/')) {
		if (part === '..') parts.pop();
		else if (part !== '' && part !== '.') parts.push(part);
	}
	return `/${parts.join('/')}`;
}

/** The real path of what is there and, where only the last part is missing, of where it would be. */
function canonical(call: Call, path: string, mode: 'existing' | 'missing last' | 'missing'): string {
	const { files, cwd } = call.process;
	try {
		return files.realPath(path);
	} catch (error) {
		if (!(error instanceof SystemError) || error.code !== 'ENOENT' || mode === 'existing') throw error;
		const whole = lexical(cwd, path);
		const parent = directoryName(whole);
		if (mode === 'missing last') return join(files.realPath(parent), lastPart(whole));
		return files.exists(parent) || parent === '/'
			? join(files.realPath(parent), lastPart(whole))
			: join(canonical(call, parent, mode), lastPart(whole));
	}
}

async function each(
	call: Call,
	operands: readonly string[],
	quiet: boolean,
	end: string,
	resolve: (path: string) => string,
): Promise<number> {
	let code = 0;
	for (const path of operands) {
		try {
			await call.print(resolve(path) + end);
		} catch (error) {
			if (!(error instanceof SystemError)) throw error;
			if (!quiet) await call.complain(`${path}: ${error.message}`);
			code = 1;
		}
	}
	return code;
}

export const readlink: Tool = {
	name: 'readlink',
	usage: '[-fnv] FILE',
	async run(call) {
		const options = call.options({
			short: 'fenmqsvz',
			long: {
				canonicalize: 'f',
				'canonicalize-existing': 'e',
				'canonicalize-missing': 'm',
				'no-newline': 'n',
				verbose: 'v',
			},
		});
		const { operands } = options;
		if (operands.length === 0) throw call.usageFailure('missing operand');
		const how = options.last('f', 'e', 'm');
		const end = options.has('n') && operands.length === 1 ? '' : '\n';
		return each(call, operands, !options.has('v'), end, (path) =>
			how
				? canonical(call, path, how === 'e' ? 'existing' : how === 'f' ? 'missing last' : 'missing')
				: call.process.files.readLink(path),
		);
	},
};

export const realpath: Tool = {
	name: 'realpath',
	usage: 'FILE...',
	async run(call) {
		const options = call.options({
			short: 'emLPqsz',
			long: {
				'canonicalize-existing': 'e',
				'canonicalize-missing': 'm',
				quiet: 'q',
				strip: 's',
				'no-symlinks': 's',
				'relative-to=': 'relative',
			},
		});
		const { operands } = options;
		if (operands.length === 0) throw call.usageFailure('missing operand');
		return each(call, operands, options.has('q'), '\n', (path) => {
			const whole = options.has('s')
				? lexical(call.process.cwd, path)
				: canonical(
						call,
						path,
						options.has('e') ? 'existing' : options.has('m') ? 'missing' : 'missing last',
					);
			const base = options.value('relative');
			return base === undefined ? whole : relative(call.process.files.realPath(base), whole);
		});
	},
};

function relative(from: string, to: string): string {
	const a = from.split('/').filter(Boolean);
	const b = to.split('/').filter(Boolean);
	let same = 0;
	while (same < a.length && a[same] === b[same]) same++;
	return [...a.slice(same).map(() => '..'), ...b.slice(same)].join('/') || '.';
}

const letters = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'];

export const mktemp: Tool = {
	name: 'mktemp',
	usage: '[-dt] [-p DIR] [TEMPLATE]',
	async run(call) {
		const options = call.options({
			short: 'dtuqp:',
			long: { directory: 'd', 'tmpdir=?': 'p', 'dry-run': 'u', quiet: 'q', 'suffix=': 'suffix' },
		});
		const { process } = call;
		const [given] = options.operands;
		const folder = options.value('p') ?? process.env.get('TMPDIR') ?? '/tmp';
		const inFolder = given === undefined || options.has('t', 'p');
		const template =
			(given ?? (call.busybox ? 'tmp.XXXXXX' : 'tmp.XXXXXXXXXX')) + (options.value('suffix') ?? '');
		if (!/XXX/.test(template))
			return call.fail(call.busybox ? `(null): Invalid argument` : `too few X's in template ‘${template}’`);
		for (;;) {
			const name = template.replace(/X{3,}(?=[^X]*$)/, (run) =>
				run.replace(/X/g, () => pick(process.random, letters)),
			);
			const path = inFolder ? join(folder, name) : name;
			if (process.files.exists(path)) continue;
			if (!options.has('u')) {
				try {
					if (options.has('d')) process.files.makeDirectory(path, { mode: 0o700 });
					else process.open(path, 'wx', 0o600).release();
				} catch (error) {
					if (!(error instanceof SystemError)) throw error;
					const what = options.has('d') ? 'directory' : 'file';
					return call.fail(
						call.busybox
							? `${path}: ${error.message}`
							: `failed to create ${what} via template ‘${path}’: ${error.message}`,
					);
				}
			}
			await call.print(`${path}\n`);
			return 0;
		}
	},
};
