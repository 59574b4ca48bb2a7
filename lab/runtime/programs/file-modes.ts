// File modes in letters (`drwxr-xr-x`) and as chmod takes them (`u+x,go=r`, `0644`).
import type { FileStatus } from '../files.ts';

const letters: Record<FileStatus['kind'], string> = {
	file: '-',
	directory: 'd',
	symlink: 'l',
	device: 'c',
	block: 'b',
};

/** As `ls -l` shows it. */
export function modeLetters({ kind, mode }: Pick<FileStatus, 'kind' | 'mode'>): string {
	const triple = (shift: number, special: number, set: string) => {
		const bits = mode >> shift;
		const execute = (bits & 1) !== 0;
		const last = mode & special ? (execute ? set : set.toUpperCase()) : execute ? 'x' : '-';
		return `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${last}`;
	};
	return `${letters[kind]}${triple(6, 0o4000, 's')}${triple(3, 0o2000, 's')}${triple(0, 0o1000, 't')}`;
}

const who: Record<string, number> = { u: 0o4700, g: 0o2070, o: 0o1007, a: 0o7777 };
const what: Record<string, number> = { r: 0o444, w: 0o222, x: 0o111, s: 0o6000, t: 0o1000 };

/** The mode after a change as chmod takes it; undefined for one that is not valid. */
export function changedMode(
	change: string,
	mode: number,
	isDirectory: boolean,
	umask: number,
): number | undefined {
	if (/^[0-7]{1,5}$/.test(change)) return Number.parseInt(change, 8) & 0o7777;
	let changed = mode;
	for (const clause of change.split(',')) {
		const [, users, actions] = /^([ugoa]*)((?:[-+=][rwxXstugo]*)+)$/.exec(clause) ?? [];
		if (actions === undefined) return undefined;
		const allowed =
			users === '' ? 0o7777 & ~umask : [...users].reduce((bits, letter) => bits | who[letter], 0);
		for (const [, operator, permissions] of actions.matchAll(/([-+=])([rwxXstugo]*)/g)) {
			let bits = 0;
			for (const letter of permissions) {
				if (letter === 'X') bits |= isDirectory || changed & 0o111 ? 0o111 : 0;
				else if ('ugo'.includes(letter)) {
					const triple = (changed >> { u: 6, g: 3, o: 0 }[letter as 'u' | 'g' | 'o']) & 7;
					bits |= triple * 0o111;
				} else bits |= what[letter];
			}
			bits &= allowed;
			if (operator === '+') changed |= bits;
			else if (operator === '-') changed &= ~bits;
			else changed = (changed & ~(users === '' ? 0o777 : allowed & 0o777)) | bits;
		}
	}
	return changed;
}
