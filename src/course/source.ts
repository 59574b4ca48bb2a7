// A chapter's text, and the places in it.
import type { Node } from 'unist';
import { SourceError, type SourcePlace } from './source-error.ts';

/** One chapter's source: what its nodes' positions count in. */
export class Source {
	/** Relative to the content folder. */
	readonly file: string;
	readonly text: string;
	readonly lines: readonly string[];

	constructor(file: string, text: string) {
		this.file = file;
		this.text = text;
		this.lines = text.split(/\r?\n/);
	}

	/** Where a node starts. */
	placeOf(node: Node): SourcePlace {
		const { line = 1, column = 1 } = node.position?.start ?? {};
		return { file: this.file, line, column };
	}

	/** A node's text as written; empty for a node that no text made. */
	textOf(node: Node): string {
		const start = node.position?.start.offset;
		const end = node.position?.end.offset;
		return start === undefined || end === undefined ? '' : this.text.slice(start, end);
	}

	/** The error for a node: what is wrong and the mend, a sentence each. */
	error(node: Node, problem: string, mend: string): SourceError {
		return new SourceError(this.placeOf(node), problem, mend);
	}
}
