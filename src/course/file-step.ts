// A fence with `file=`: a file that the learner edits, or that a solution saves.
import type { Code } from 'mdast';
import { Fence } from './fence.ts';
import type { FileStep } from './manifest.ts';
import type { Source } from './source.ts';

/**
 * Reads a file step; its digest is still empty.
 * `files` are the chapter's own files, path in the chapter's folder → text, where `from=` finds what it starts with.
 */
export function readFileStep(code: Code, source: Source, files: Readonly<Record<string, string>>): FileStep {
	const fence = new Fence(code, source, 'file');
	const file = fence.matching(
		'file',
		/^(?!\/)(?!.*(?:^|\/)\.{1,2}(?:\/|$))[\w.@+-]+(?:\/[\w.@+-]+)*$/,
		'a path inside the working folder, such as `web.yaml`',
	);
	if (file === undefined) {
		throw source.error(
			code,
			'`from=` stands there without `file=`.',
			'Name the file that is saved: `file=…`.',
		);
	}
	const from = fence.text('from');
	if (from !== undefined && code.value.trim() !== '') {
		throw fence.error(
			'from',
			'The field starts from a file and from a text.',
			'Empty the fence, or take `from=` out.',
		);
	}
	if (from !== undefined && !Object.hasOwn(files, from)) {
		const known = Object.keys(files).join(', ') || 'no files beside it';
		throw fence.error('from', `The chapter has no file “${from}”.`, `Make it, or name one of: ${known}.`);
	}
	return {
		kind: 'file',
		digest: '',
		source: fence.position,
		file,
		content: from === undefined ? `${code.value}\n` : files[from],
		language: code.lang ?? '',
	};
}
