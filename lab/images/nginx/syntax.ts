// The syntax of nginx' configuration: directives with arguments, ended by `;` or a block.
import type { FileSystem } from '../../runtime/files.ts';

export interface Directive {
	name: string;
	args: string[];
	block?: Directive[];
	file: string;
	line: number;
}

/** A configuration that nginx refuses; `message` is what stands after `[emerg]`. */
export class ConfigurationError extends Error {}

interface Token {
	text: string;
	quoted: boolean;
	line: number;
}

/** What a backslash stands for before these; before others it stays. */
const escapes: Record<string, string> = { '"': '"', "'": "'", '\\': '\\', n: '\n', r: '\r', t: '\t' };

function tokensOf(text: string, file: string): Token[] {
	const tokens: Token[] = [];
	let line = 1;
	for (let at = 0; at < text.length; ) {
		const character = text[at];
		if (character === '\n') line++;
		if (/\s/.test(character)) at++;
		else if (character === '#') {
			const end = text.indexOf('\n', at);
			at = end < 0 ? text.length : end;
		} else if ('{};'.includes(character)) {
			tokens.push({ text: character, quoted: false, line });
			at++;
		} else if (character === '"' || character === "'") {
			const start = line;
			let value = '';
			for (at++; text[at] !== character; at++) {
				if (at >= text.length)
					throw new ConfigurationError(`unexpected end of file, expecting ";" or "}" in ${file}:${start}`);
				if (text[at] === '\n') line++;
				const escaped = text[at] === '\\' ? escapes[text[at + 1]] : undefined;
				if (escaped !== undefined) at++;
				value += escaped ?? text[at];
			}
			at++;
			tokens.push({ text: value, quoted: true, line: start });
		} else {
			// A brace after a dollar sign belongs to a variable: ${name}.
			const [word] = /^(?:\$\{[^}]*\}|\\.|[^\s;{}])+/.exec(text.slice(at)) ?? [character];
			tokens.push({
				text: word.replace(/\\(.)/g, (_, c: string) => (/["' \\;{}]/.test(c) ? c : `\\${c}`)),
				quoted: false,
				line,
			});
			at += word.length;
		}
	}
	return tokens;
}

/** Reads one file with what it includes. Throws ConfigurationError. */
export function parseConfiguration(files: FileSystem, path: string): Directive[] {
	let text: string;
	try {
		text = files.readText(path);
	} catch (error) {
		throw new ConfigurationError(`open() "${path}" failed (2: ${(error as Error).message})`);
	}
	return parseText(files, text, path);
}

/** Reads configuration text, such as the argument of `-g`. Throws ConfigurationError. */
export function parseText(files: FileSystem, text: string, file: string): Directive[] {
	const tokens = tokensOf(text, file);
	let at = 0;
	const lastLine = tokens.at(-1)?.line ?? 1;
	const block = (depth: number): Directive[] => {
		const directives: Directive[] = [];
		for (;;) {
			const first = tokens[at++];
			if (!first) {
				if (depth > 0)
					throw new ConfigurationError(`unexpected end of file, expecting "}" in ${file}:${lastLine}`);
				return directives;
			}
			if (!first.quoted && first.text === '}') {
				if (depth === 0) throw new ConfigurationError(`unexpected "}" in ${file}:${first.line}`);
				return directives;
			}
			if (!first.quoted && (first.text === ';' || first.text === '{'))
				throw new ConfigurationError(`unexpected "${first.text}" in ${file}:${first.line}`);
			const directive: Directive = { name: first.text, args: [], file, line: first.line };
			for (;;) {
				const token = tokens[at++];
				if (!token)
					throw new ConfigurationError(`unexpected end of file, expecting ";" or "}" in ${file}:${lastLine}`);
				if (!token.quoted && token.text === ';') break;
				if (!token.quoted && token.text === '{') {
					directive.block = block(depth + 1);
					break;
				}
				if (!token.quoted && token.text === '}')
					throw new ConfigurationError(`unexpected "}" in ${file}:${token.line}`);
				directive.args.push(token.text);
			}
			if (directive.name === 'include' && !directive.block) directives.push(...include(files, directive));
			else directives.push(directive);
		}
	};
	return block(0);
}

function include(files: FileSystem, { args, file, line }: Directive): Directive[] {
	if (args.length !== 1)
		throw new ConfigurationError(`invalid number of arguments in "include" directive in ${file}:${line}`);
	const path = args[0].startsWith('/') ? args[0] : `/etc/nginx/${args[0]}`;
	if (!/[*?[]/.test(path)) {
		if (!files.exists(path))
			throw new ConfigurationError(
				`open() "${path}" failed (2: No such file or directory) in ${file}:${line}`,
			);
		return parseConfiguration(files, path);
	}
	const folder = path.slice(0, path.lastIndexOf('/'));
	const pattern = path
		.slice(folder.length + 1)
		.replace(/[.+^${}()|\\]/g, '\\$&')
		.replaceAll('*', '[^/]*')
		.replaceAll('?', '[^/]');
	if (!files.exists(folder)) return [];
	return files
		.list(folder)
		.filter((name) => !name.startsWith('.') && new RegExp(`^${pattern}$`).test(name))
		.sort()
		.flatMap((name) => parseConfiguration(files, `${folder}/${name}`));
}
