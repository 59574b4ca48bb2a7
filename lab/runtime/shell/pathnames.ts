// Pathname expansion (POSIX.1-2024, Shell Command Language, 2.6.6).
import { type Process, SystemError } from '../process.ts';
import { isPattern, Pattern, type PatternCharacter } from './pattern.ts';

/** The paths that a pattern names, sorted; none where nothing fits. */
export function matchingPaths(characters: readonly PatternCharacter[], process: Process): string[] {
	const segments: PatternCharacter[][] = [[]];
	for (const character of characters) {
		if (character.text === '/') segments.push([]);
		else segments.at(-1)!.push(character);
	}
	let found = [''];
	segments.forEach((segment, index) => {
		const isLast = index === segments.length - 1;
		found = found.flatMap((path) => step(path, segment, isLast, process));
	});
	return found.filter((path) => path !== '');
}

function step(path: string, segment: PatternCharacter[], isLast: boolean, process: Process): string[] {
	const end = isLast ? '' : '/';
	if (!isPattern(segment)) {
		const next = path + segment.map(({ text }) => text).join('') + end;
		return next === '' || next === '/' || exists(next, process) ? [next] : [];
	}
	const pattern = new Pattern(segment);
	const showHidden = segment[0]?.text === '.';
	return namesIn(path === '' ? '.' : path, process)
		.filter((name) => (showHidden || !name.startsWith('.')) && pattern.matches(name))
		.filter((name) => isLast || isDirectory(path + name, process))
		.map((name) => path + name + end);
}

function attempt<T>(otherwise: T, action: () => T): T {
	try {
		return action();
	} catch (error) {
		if (error instanceof SystemError) return otherwise;
		throw error;
	}
}

const absolute = (path: string, process: Process) => (path.startsWith('/') ? path : `${process.cwd}/${path}`);

const exists = (path: string, process: Process) =>
	attempt(false, () => process.files.status(absolute(path, process), { followLinks: false }) !== undefined);

const isDirectory = (path: string, process: Process) =>
	attempt(false, () => process.files.status(absolute(path, process)).kind === 'directory');

/** Names in the order of the C locale; `.` and `..` are found by patterns that begin with a dot in bash only. */
const namesIn = (path: string, process: Process) =>
	attempt<string[]>([], () => [...process.files.list(absolute(path, process))].sort());
