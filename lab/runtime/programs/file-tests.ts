// The primaries of test, [ and [[: what they ask of a file, a text, a descriptor, or two of them (POSIX.1-2024, test).
import type { FileStatus } from '../files.ts';
import { type Process, SystemError } from '../process.ts';

function statusOf(process: Process, path: string, followLinks = true): FileStatus | undefined {
	if (path === '') return undefined;
	try {
		return process.files.status(path, { followLinks });
	} catch (error) {
		if (error instanceof SystemError) return undefined;
		throw error;
	}
}

/** Whether the process may read (4), write (2) or run (1) a file, by its permission bits. */
function permits(process: Process, path: string, wanted: 4 | 2 | 1): boolean {
	const status = statusOf(process, path);
	if (!status) return false;
	const { uid, gid } = process;
	if (uid === 0) return wanted !== 1 || status.kind === 'directory' || (status.mode & 0o111) !== 0;
	const shift = uid === status.uid ? 6 : gid === status.gid ? 3 : 0;
	return ((status.mode >> shift) & wanted) !== 0;
}

function isTerminal(process: Process, descriptor: string): boolean {
	try {
		return process.file(Number(descriptor)).terminal !== undefined;
	} catch (error) {
		if (error instanceof SystemError) return false;
		throw error;
	}
}

const hasMode = (process: Process, path: string, bit: number) =>
	((statusOf(process, path)?.mode ?? 0) & bit) !== 0;

/** The unary primaries by their letter. */
export const unary: Record<string, (process: Process, operand: string) => boolean> = {
	'-n': (_, operand) => operand !== '',
	'-z': (_, operand) => operand === '',
	'-e': (process, path) => statusOf(process, path) !== undefined,
	'-a': (process, path) => statusOf(process, path) !== undefined,
	'-f': (process, path) => statusOf(process, path)?.kind === 'file',
	'-d': (process, path) => statusOf(process, path)?.kind === 'directory',
	'-c': (process, path) => statusOf(process, path)?.kind === 'device',
	'-b': (process, path) => statusOf(process, path)?.kind === 'block',
	'-p': () => false,
	'-S': () => false,
	'-h': (process, path) => statusOf(process, path, false)?.kind === 'symlink',
	'-L': (process, path) => statusOf(process, path, false)?.kind === 'symlink',
	'-s': (process, path) => (statusOf(process, path)?.size ?? 0) > 0,
	'-r': (process, path) => permits(process, path, 4),
	'-w': (process, path) => permits(process, path, 2),
	'-x': (process, path) => permits(process, path, 1),
	'-u': (process, path) => hasMode(process, path, 0o4000),
	'-g': (process, path) => hasMode(process, path, 0o2000),
	'-k': (process, path) => hasMode(process, path, 0o1000),
	'-O': (process, path) => statusOf(process, path)?.uid === process.uid,
	'-G': (process, path) => statusOf(process, path)?.gid === process.gid,
	'-t': isTerminal,
};

/** Those that compare numbers. */
export const comparisons: Record<string, (left: bigint, right: bigint) => boolean> = {
	'-eq': (left, right) => left === right,
	'-ne': (left, right) => left !== right,
	'-lt': (left, right) => left < right,
	'-le': (left, right) => left <= right,
	'-gt': (left, right) => left > right,
	'-ge': (left, right) => left >= right,
};

/** Those that compare texts or files. */
export const binary: Record<string, (process: Process, left: string, right: string) => boolean> = {
	'=': (_, left, right) => left === right,
	'==': (_, left, right) => left === right,
	'!=': (_, left, right) => left !== right,
	'<': (_, left, right) => left < right,
	'>': (_, left, right) => left > right,
	'-nt': (process, left, right) => isNewer(statusOf(process, left), statusOf(process, right)),
	'-ot': (process, left, right) => isNewer(statusOf(process, right), statusOf(process, left)),
	'-ef'(process, left, right) {
		const first = statusOf(process, left);
		return first !== undefined && first.inode === statusOf(process, right)?.inode;
	},
};

const isNewer = (one?: FileStatus, other?: FileStatus) =>
	one !== undefined && (other === undefined || one.modifiedAt > other.modifiedAt);
