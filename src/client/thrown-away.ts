import { cleanUpExercise } from '../course/manifest.ts';
import { create } from './create.ts';
import type { Session } from './session.ts';

/** What is said before a chapter's lab is made anew. */
export interface ThrownAway {
	/** What that undoes, and what it does not. */
	words: (string | Node)[];
	/** Whether the person wants removed what a cluster of their own would keep. */
	cleanUp(): boolean;
}

export function thrownAway({ lab }: Session): ThrownAway {
	const ours = 'the working folder with its saved files, the terminals and the ticks';
	const field = 'Text in the fields stays.';
	if (lab?.kind !== 'kubeconfig') {
		const words = `This chapter’s lab with everything in it, ${ours} are thrown away. ${field}`;
		return { words: [create('p', {}, words)], cleanUp: () => false };
	}
	const box = create('input', { type: 'checkbox' });
	return {
		words: [
			create('p', {}, `Of this chapter, ${ours} are thrown away. ${field}`),
			create(
				'p',
				{},
				'Your cluster stays as it is: what commands of this chapter have made there is not undone, and can be in the way when they are run again.',
			),
			create('p', {}, ...howToCleanUp(box)),
		],
		cleanUp: () => box.checked,
	};
}

function howToCleanUp(box: HTMLInputElement): (string | Node)[] {
	const exercise = document.getElementById(`exercise-${cleanUpExercise}`);
	const title = exercise?.querySelector('.exercise-title')?.textContent;
	if (!title) return ['Remove it by kubectl delete first.'];
	const link = create('a', { href: `#exercise-${cleanUpExercise}` }, `“${title}”`);
	link.addEventListener('click', () => {
		for (const dialog of document.querySelectorAll('dialog')) dialog.close();
	});
	return [create('label', {}, box, ' Remove it first, by the commands of'), ' ', link];
}
