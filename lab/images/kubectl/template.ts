// `-o jsonpath=` and `-o custom-columns=`: texts with paths in braces, ranges over lists, and columns of paths.
import { parseJsonPath } from '../../api/custom-resources/json-path.ts';
import { Failure } from './context.ts';

type Part = { text: string } | { path: string } | { range: string; parts: Part[] };

/** Splits `a{.b}{range .c[*]}{.d}{"\n"}{end}`. Throws Failure. */
function parse(template: string): Part[] {
	const top: Part[] = [];
	const open: Part[][] = [top];
	for (let at = 0; at < template.length; ) {
		const into = open[open.length - 1];
		if (template[at] !== '{') {
			const next = template.indexOf('{', at);
			const end = next < 0 ? template.length : next;
			into.push({ text: template.slice(at, end) });
			at = end;
			continue;
		}
		const [whole, inner] =
			/^\{((?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^}'"])*)\}/.exec(template.slice(at)) ?? [];
		if (whole === undefined) throw new Failure('error: error parsing jsonpath: unclosed action');
		at += whole.length;
		const action = inner.trim();
		if (action === 'end') {
			if (open.length === 1) throw new Failure('error: error parsing jsonpath: not in range, nothing to end');
			open.pop();
		} else if (action.startsWith('range')) {
			const parts: Part[] = [];
			into.push({ range: action.slice(5).trim(), parts });
			open.push(parts);
		} else if (/^['"]/.test(action)) into.push({ text: unquoted(action) });
		else into.push({ path: action });
	}
	if (open.length > 1) throw new Failure('error: error parsing jsonpath: unclosed range');
	return top;
}

const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r' };
const unquoted = (text: string) =>
	text.slice(1, -1).replace(/\\(.)/g, (_, letter: string) => escapes[letter] ?? letter);

function valuesAt(path: string, value: unknown): unknown[] {
	if (path === '@' || path === '.' || path === '$') return [value];
	const parsed = parseJsonPath(path.replace(/^@/, ''));
	if (!parsed) throw new Failure(`error: error parsing jsonpath {${path}}, unrecognized character in action`);
	return parsed(value);
}

const shown = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

function rendered(parts: readonly Part[], value: unknown): string {
	return parts
		.map((part) => {
			if ('text' in part) return part.text;
			if ('path' in part) return valuesAt(part.path, value).map(shown).join(' ');
			return valuesAt(part.range, value)
				.map((item) => rendered(part.parts, item))
				.join('');
		})
		.join('');
}

export function jsonPathText(template: string, value: unknown): string {
	return rendered(parse(template), value);
}

/** The header and a row for each object, of `NAME:.metadata.name,NODE:.spec.nodeName`. Throws Failure. */
export function customColumns(spec: string, objects: readonly unknown[]): string[][] {
	const columns = spec.split(',').map((column) => {
		const [title, ...path] = column.split(':');
		if (path.length === 0)
			throw new Failure(
				`error: unexpected custom-columns spec: ${column}, expected <header>:<json-path-expr>`,
			);
		return { title, path: path.join(':').replace(/^\{(.*)\}$/, '$1') };
	});
	return [
		columns.map(({ title }) => title),
		...objects.map((object) =>
			columns.map(({ path }) => {
				const values = valuesAt(path.startsWith('.') || path.startsWith('[') ? path : `.${path}`, object);
				return values.length === 0 ? '<none>' : values.map(shown).join(',');
			}),
		),
	];
}
