// Why a command cannot be started, as runc 1.1 says it (libcontainer/init_linux.go).
import { SystemError } from './process.ts';

/** The part of the message that follows `OCI runtime exec failed: exec failed: `. */
export function startError(command: string, error: unknown): string {
	const reason = () => {
		if (!(error instanceof SystemError)) throw error;
		if (error.code === 'ENOENT' && !command.includes('/')) return 'executable file not found in $PATH';
		if (error.code === 'ENOENT') return `stat ${command}: no such file or directory`;
		return error.message.charAt(0).toLowerCase() + error.message.slice(1);
	};
	return `unable to start container process: exec: ${JSON.stringify(command)}: ${reason()}: unknown`;
}
