// Keeps a lab in its folder while it runs: soon after objects have changed, and now and then for what only its disks
// know.
import type { ServedLab } from './served-lab.ts';
import type { StateFolder } from './state-folder.ts';

/** Milliseconds. */
const afterChange = 2_000;
const atLatest = 30_000;

export interface Keeping {
	/** Keeps it a last time. Rejects with why it could not be. */
	end(): Promise<void>;
}

/**
 * Begins with keeping it once, and rejects where that fails; later on `report` is told, and it is tried again.
 */
export async function startKeeping(
	lab: Pick<ServedLab, 'server' | 'revision' | 'keep'>,
	folder: StateFolder,
	report: (error: Error) => void,
): Promise<Keeping> {
	const port = Number(new URL(lab.server).port);
	let revision = -1;
	let keptAt = 0;
	const keep = async () => {
		const seen = lab.revision;
		await folder.write({ ...lab.keep(), port });
		revision = seen;
		keptAt = Date.now();
	};
	await keep();
	let troubled = false;
	const look = async () => {
		if (lab.revision === revision && Date.now() - keptAt < atLatest) return;
		try {
			await keep();
			troubled = false;
		} catch (error) {
			// Said once, not at every try.
			if (!troubled) report(error as Error);
			troubled = true;
		}
	};
	let looking = Promise.resolve();
	const timer = setInterval(() => {
		looking = looking.then(look);
	}, afterChange);
	return {
		async end() {
			clearInterval(timer);
			await looking;
			await keep();
		},
	};
}
