// How the shells of the images differ: what they understand, how they complain, how they prompt.
import type { Wording } from '../programs/wording.ts';

export interface Dialect {
	readonly name: 'dash' | 'ash' | 'bash';
	/** [[ … ]], $'…', ${x:1:2}, ${x/a/b}, `function f`, &>, == in test. */
	readonly extended: boolean;
	/** Arrays, (( … )), <<<, {a,b}, <(…), |&. */
	readonly bash: boolean;
	/** `set -o pipefail`. */
	readonly pipefail: boolean;
	/** In whose words its echo, printf, test and kill speak. */
	readonly wording: Wording;
	/** The words for a command that is nowhere in PATH. */
	readonly notFound: string;
	/** A shell that edits its lines itself; dash leaves that to the terminal. */
	readonly editsLines: boolean;
}

export const dash: Dialect = {
	name: 'dash',
	extended: false,
	bash: false,
	pipefail: false,
	wording: 'dash',
	notFound: 'not found',
	editsLines: false,
};

export const ash: Dialect = {
	name: 'ash',
	extended: true,
	bash: false,
	pipefail: true,
	wording: 'busybox',
	notFound: 'not found',
	editsLines: true,
};

export const bash: Dialect = {
	name: 'bash',
	extended: true,
	bash: true,
	pipefail: true,
	wording: 'bash',
	notFound: 'command not found',
	editsLines: true,
};
