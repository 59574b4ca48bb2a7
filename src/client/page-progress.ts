import { type Tally, tally } from './progress.ts';
import { tasksOf } from './tasks.ts';

/** Of what there is to do on a slide, how much has passed. */
export function tallyOf(slide: ParentNode): Tally {
	const steps = tasksOf(slide);
	return tally(steps.map((step) => step.dataset.state ?? 'idle'));
}

/** A tally for people; empty where there is nothing to do. */
export function tallyInWords({ passed, failed, count }: Tally): string {
	if (count === 0) return '';
	const words = passed === count ? 'done' : `${passed} of ${count} done`;
	return failed > 0 ? `${words}, ${failed} failed` : words;
}

/** Ticks at the links of the page's contents, one per slide that has steps. */
export function showPageProgress(document: Document): void {
	const show = () => {
		for (const slide of document.querySelectorAll<HTMLElement>('[data-slide]')) {
			const counted = tallyOf(slide);
			if (counted.count === 0) continue;
			const state = counted.passed === counted.count ? 'passed' : counted.failed > 0 ? 'failed' : 'idle';
			const links = document.querySelectorAll<HTMLElement>(`nav a[href="#${CSS.escape(slide.id)}"]`);
			for (const link of links) {
				link.dataset.progress = state;
				link.title = tallyInWords(counted);
			}
		}
	};
	document.addEventListener('slidecar:state', show);
	show();
}
