// Files as a server's workers see them: a server that starts as root reads them as an account of its own.
import type { FileStatus } from '../../runtime/files.ts';
import { type Process, SystemError } from '../../runtime/process.ts';

/** Whether an account may do that (4: read, 1: pass through) with a file; its group has its own number. */
export function permits(status: FileStatus, account: number, bit: number): boolean {
	const shift = status.uid === account ? 6 : status.gid === account ? 3 : 0;
	return ((status.mode >> shift) & bit) !== 0;
}

/** A file's status as the account sees it; throws SystemError, EACCES where it may not reach the file. */
export function statusFor(process: Process, account: number, path: string): FileStatus {
	const { files } = process;
	const status = files.status(path);
	for (let end = path.indexOf('/', 1); end > 0; end = path.indexOf('/', end + 1))
		if (!permits(files.status(path.slice(0, end)), account, 1))
			throw new SystemError('EACCES', 'Permission denied');
	return status;
}
