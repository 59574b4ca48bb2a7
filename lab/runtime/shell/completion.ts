// What Tab finds: names of files, and of commands where a command stands.
import { type Process, SystemError } from '../process.ts';

export interface Completion {
	/** What all that fit go on with; with a slash or a space behind it where only one fits. */
	rest: string;
	/** All that fit, in order. */
	candidates: readonly string[];
}

/** For the text before the cursor; `word` is its last one. Undefined where nothing fits. */
export function completionOf(process: Process, before: string, word: string): Completion | undefined {
	const isCommand = before.slice(0, before.length - word.length).trim() === '' && !word.includes('/');
	const slash = word.lastIndexOf('/') + 1;
	const name = word.slice(slash);
	const folder = word.slice(0, slash);
	const folders = isCommand
		? (process.env.get('PATH') ?? '').split(':')
		: [folder.startsWith('/') ? folder : `${process.cwd}/${folder}`];
	const names = new Set(folders.flatMap((each) => namesIn(process, each, name)));
	const candidates = [...names].sort();
	if (candidates.length === 0) return undefined;
	const common = commonStart(candidates);
	const isOne = candidates.length === 1;
	const end = !isOne ? '' : !isCommand && isDirectory(process, `${folders[0]}/${common}`) ? '/' : ' ';
	return { rest: common.slice(name.length) + end, candidates };
}

/** As much as all texts have in common from their beginning. */
export function commonStart(texts: readonly string[]): string {
	let common = texts[0];
	for (const text of texts) while (!text.startsWith(common)) common = common.slice(0, -1);
	return common;
}

function namesIn({ files }: Process, folder: string, start: string): string[] {
	try {
		return files
			.list(folder)
			.filter((name) => name.startsWith(start) && (start.startsWith('.') || !name.startsWith('.')));
	} catch (error) {
		if (error instanceof SystemError) return [];
		throw error;
	}
}

const isDirectory = ({ files }: Process, path: string) =>
	files.exists(path) && files.status(path).kind === 'directory';

/** Names in columns, from top to bottom as ls has them. */
export function inColumns(names: readonly string[], columns: number): string {
	const width = Math.max(...names.map(({ length }) => length)) + 2;
	const perRow = Math.max(1, Math.floor(columns / width));
	const rows = Math.ceil(names.length / perRow);
	const lines = Array.from({ length: rows }, (_, row) =>
		names
			.filter((_, index) => index % rows === row)
			.map((name) => name.padEnd(width))
			.join('')
			.trimEnd(),
	);
	return lines.map((line) => `${line}\n`).join('');
}
