import { SystemError } from '../process.ts';

/** Makes a call again that a signal's handler interrupted, as SA_RESTART and Go's runtime do. */
export async function uninterrupted<T>(call: () => Promise<T>): Promise<T> {
	for (;;) {
		try {
			return await call();
		} catch (error) {
			if (!(error instanceof SystemError) || error.code !== 'EINTR') throw error;
		}
	}
}
