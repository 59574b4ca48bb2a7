// The errors of the network's system calls, in strerror's words.
import { SystemError } from '../runtime/process.ts';

const words = {
	ECONNREFUSED: 'Connection refused',
	ECONNRESET: 'Connection reset by peer',
	ETIMEDOUT: 'Connection timed out',
	EHOSTUNREACH: 'No route to host',
	ENETUNREACH: 'Network is unreachable',
	EADDRINUSE: 'Address already in use',
	EADDRNOTAVAIL: 'Cannot assign requested address',
	EPIPE: 'Broken pipe',
	EBADF: 'Bad file descriptor',
	EMSGSIZE: 'Message too long',
} as const;

export type NetworkErrorCode = keyof typeof words;

export function networkError(code: NetworkErrorCode): SystemError {
	return new SystemError(code, words[code]);
}
