// The syntax of httpd.conf: a directive a line, arguments with quotes, sections in angle brackets.
import { RE2JS } from 're2js';
import type { FileSystem } from '../../runtime/files.ts';
import { SystemError } from '../../runtime/process.ts';

export interface Directive {
	name: string;
	args: string[];
	/** What a section holds. */
	section?: Directive[];
	file: string;
	line: number;
}

/** A configuration that httpd refuses; `message` is all that it prints. */
export class ConfigurationError extends Error {
	/** @param place where it stands; none for what stands nowhere. */
	constructor(message: string, place?: Pick<Directive, 'file' | 'line'>) {
		super(place ? `AH00526: Syntax error on line ${place.line} of ${place.file}:\n${message}` : message);
	}
}

function argumentsOf(text: string): string[] {
	return [...text.matchAll(/"((?:\\.|[^"\\])*)"|(\S+)/g)].map(
		([, quoted, bare]) => bare ?? quoted.replace(/\\(["\\])/g, '$1'),
	);
}

/** A shell pattern as <Files> and Include take it, for one name. */
export function globExpression(glob: string): RE2JS {
	const source = glob
		.replace(/[.+^${}()|[\]\\]/g, '\\$&')
		.replaceAll('*', '[^/]*')
		.replaceAll('?', '[^/]');
	return RE2JS.compile(`^${source}$`);
}

/** Reads a file and what it includes. Throws ConfigurationError. */
export function parseConfiguration(files: FileSystem, path: string, root: string): Directive[] {
	let text: string;
	try {
		text = files.readText(path);
	} catch (error) {
		if (!(error instanceof SystemError)) throw error;
		throw new ConfigurationError(`httpd: Could not open configuration file ${path}: ${error.message}`);
	}
	const top: Directive[] = [];
	const open: Directive[] = [];
	const lines = text.split('\n');
	for (let at = 0; at < lines.length; at++) {
		const line = at + 1;
		let content = lines[at];
		while (content.endsWith('\\') && at + 1 < lines.length) content = content.slice(0, -1) + lines[++at];
		content = content.trim();
		if (content === '' || content.startsWith('#')) continue;
		const place = { file: path, line };
		const into = open.at(-1)?.section ?? top;
		const [, closes] = /^<\/(\w+)\s*>$/.exec(content) ?? [];
		if (closes) {
			const section = open.pop();
			if (!section) throw new ConfigurationError(`</${closes}> without matching <${closes}> section`, place);
			if (section.name.toLowerCase() !== closes.toLowerCase())
				throw new ConfigurationError(`Expected </${section.name}> but saw </${closes}>`, place);
			continue;
		}
		const [, opens, rest] = /^<(\w+)\s*(.*)>$/.exec(content) ?? [];
		if (opens) {
			const section: Directive = { name: opens, args: argumentsOf(rest), section: [], ...place };
			into.push(section);
			open.push(section);
			continue;
		}
		const [name, ...args] = argumentsOf(content);
		if (/^Include(?:Optional)?$/i.test(name)) into.push(...included(files, { name, args, ...place }, root));
		else into.push({ name, args, ...place });
	}
	const section = open.pop();
	if (section) throw new ConfigurationError(`<${section.name}> was not closed.`, section);
	return top;
}

function included(files: FileSystem, directive: Directive, root: string): Directive[] {
	const given = directive.args[0] ?? '';
	const path = given.startsWith('/') ? given : `${root}/${given}`;
	if (!/[*?]/.test(path)) {
		if (!files.exists(path) && /Optional/i.test(directive.name)) return [];
		return parseConfiguration(files, path, root);
	}
	const folder = path.slice(0, path.lastIndexOf('/'));
	const pattern = globExpression(path.slice(folder.length + 1));
	if (!files.exists(folder)) return [];
	return files
		.list(folder)
		.filter((name) => pattern.matcher(name).find())
		.sort()
		.flatMap((name) => parseConfiguration(files, `${folder}/${name}`, root));
}
