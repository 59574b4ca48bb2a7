// What a step's `open=` names: a URL, and the lab that it is a URL of.
import type { Step } from '../../src/course/manifest.ts';
import type { ChapterLab } from '../labs/lab.ts';
import { RefusedError } from './refused-error.ts';

export interface LabAddress {
	readonly lab: Required<Pick<ChapterLab, 'visit'>>;
	readonly url: URL;
	/** Aborted when the lab ends. */
	readonly signal: AbortSignal;
}

/**
 * Where a step leads in the lab of its chapter.
 * @throws RefusedError where it leads nowhere, or the lab is not the embedded one.
 */
export function labAddress(
	step: Step,
	{ lab, signal }: { lab: ChapterLab | undefined; signal: AbortSignal },
): LabAddress {
	if (step.kind !== 'command' || step.open === undefined)
		throw new RefusedError('unknown-step', 'This step opens no page.');
	const url = new URL(step.open);
	if (!lab?.visit)
		throw new RefusedError(
			'no-lab',
			`Only pages of the simulated lab are opened from here. With a cluster of your own, open ${url.href} in the browser yourself, once ${url.hostname} leads to the cluster's ingress (a line in /etc/hosts does); or reach its Service by kubectl port-forward.`,
		);
	return { lab: lab as LabAddress['lab'], url, signal };
}
