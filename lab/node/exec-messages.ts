// What the remote command protocols (v4.channel.k8s.io, v5.channel.k8s.io) say besides the streams, whatever
// carries them: how the command ended, and the terminal's size.

import type { ExitStatus, TerminalSize } from '../runtime/streams.ts';

/** The Status that says to the client of an exec how the command ended, in the words of kube-apiserver and kubelet. */
export function exitStatus(exit: ExitStatus): object {
	const failure = { metadata: {}, status: 'Failure' };
	if (exit.startError !== undefined) {
		const said = `error executing command in container: ${exit.startError}`;
		// Twice: once by the kubelet, and once by the API server, which passes it on.
		const message = `Internal error occurred: ${said}`;
		return {
			...failure,
			message: `Internal error occurred: ${message}`,
			reason: 'InternalError',
			details: { causes: [{ message }] },
			code: 500,
		};
	}
	if (exit.code === 0) return { metadata: {}, status: 'Success' };
	return {
		...failure,
		message: `command terminated with non-zero exit code: command terminated with exit code ${exit.code}`,
		reason: 'NonZeroExitCode',
		details: { causes: [{ reason: 'ExitCode', message: String(exit.code) }] },
	};
}

/** The Status where something else than the command failed. */
export function internalError(error: unknown): object {
	const message = error instanceof Error ? error.message : String(error);
	return {
		metadata: {},
		status: 'Failure',
		message: `Internal error occurred: ${message}`,
		reason: 'InternalError',
		details: { causes: [{ message }] },
		code: 500,
	};
}

/** A resize message: `{"Width":80,"Height":24}`. Undefined where it is none. */
export function readSize(payload: Uint8Array): TerminalSize | undefined {
	try {
		const { Width: columns, Height: rows } = JSON.parse(new TextDecoder().decode(payload));
		if (Number.isInteger(columns) && Number.isInteger(rows) && columns > 0 && rows > 0)
			return { columns, rows };
	} catch {
		// Not JSON: kube-apiserver ignores it as well.
	}
	return undefined;
}
