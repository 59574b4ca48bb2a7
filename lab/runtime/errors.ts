// errno's names and strerror's words (glibc).
import { SystemError } from './process.ts';

const words = {
	EPERM: 'Operation not permitted',
	ENOENT: 'No such file or directory',
	ESRCH: 'No such process',
	EINTR: 'Interrupted system call',
	EIO: 'Input/output error',
	ENXIO: 'No such device or address',
	E2BIG: 'Argument list too long',
	ENOEXEC: 'Exec format error',
	EBADF: 'Bad file descriptor',
	ECHILD: 'No child processes',
	EAGAIN: 'Resource temporarily unavailable',
	ENOMEM: 'Cannot allocate memory',
	EACCES: 'Permission denied',
	EBUSY: 'Device or resource busy',
	EEXIST: 'File exists',
	EXDEV: 'Invalid cross-device link',
	ENOTDIR: 'Not a directory',
	EISDIR: 'Is a directory',
	EINVAL: 'Invalid argument',
	EMFILE: 'Too many open files',
	ENOTTY: 'Inappropriate ioctl for device',
	EFBIG: 'File too large',
	ENOSPC: 'No space left on device',
	ESPIPE: 'Illegal seek',
	EROFS: 'Read-only file system',
	EPIPE: 'Broken pipe',
	ENAMETOOLONG: 'File name too long',
	ENOTEMPTY: 'Directory not empty',
	ELOOP: 'Too many levels of symbolic links',
} as const;

export type ErrorCode = keyof typeof words;

/** The error of a failed system call, with strerror's words. */
export function systemError(code: ErrorCode): SystemError {
	return new SystemError(code, words[code]);
}
