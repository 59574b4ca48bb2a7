import { create } from './create.ts';
import type { Session } from './session.ts';

/** The exercise by which a chapter removes what it has made, where it has one. */
const cleanUp = 'clean-up';

/** What making a chapter's lab anew undoes, and what it does not: said before it is done. */
export function thrownAway({ lab }: Session): (string | Node)[] {
	const ours = 'the working folder with its saved files, the terminals and the ticks';
	const field = 'Text in the fields stays.';
	if (lab?.kind !== 'kubeconfig')
		return [create('p', {}, `This chapter’s lab with everything in it, ${ours} are thrown away. ${field}`)];
	return [
		create('p', {}, `Of this chapter, ${ours} are thrown away. ${field}`),
		create(
			'p',
			{},
			'Your cluster stays as it is: ',
			'what commands of this chapter have made there is not undone, and can be in the way when they are run again. ',
			...howToCleanUp(),
		),
	];
}

function howToCleanUp(): (string | Node)[] {
	const exercise = document.getElementById(`exercise-${cleanUp}`);
	const title = exercise?.querySelector('.exercise-title')?.textContent;
	if (!title) return ['Remove it by kubectl delete first.'];
	const link = create('a', { href: `#exercise-${cleanUp}` }, `“${title}”`);
	link.addEventListener('click', () => {
		for (const dialog of document.querySelectorAll('dialog')) dialog.close();
	});
	return ['To remove it, do ', link, ' first.'];
}
