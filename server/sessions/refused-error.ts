// Why a page does not get what it asked for.
import type { ErrorCode } from '../protocol.ts';

/** Refuses what a page asked for; the message says what is wrong and the mend. */
export class RefusedError extends Error {
	readonly code: ErrorCode;

	constructor(code: ErrorCode, message: string) {
		super(message);
		this.code = code;
	}
}
