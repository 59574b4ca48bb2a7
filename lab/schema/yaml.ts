// Reads YAML that anybody may have written. The library takes a time that grows with the square of a map's keys
// and of the aliases, and some microseconds for each byte, while every lab of the host waits; so a text has limits,
// and keys that are given twice are found here.
import { type Document, isScalar, LineCounter, parseAllDocuments, visit } from 'yaml';

/** The text is no YAML, or more than is read; the message says which, in one line. */
export class YamlError extends Error {}

/** In characters. Clients send what is longer as JSON. */
const longest = 128 * 1024;
const mostAliases = 100;

/** The value of the one document; null where there is none. Throws YamlError. */
export function parseYaml(text: string): unknown {
	const values = parseYamlDocuments(text);
	if (values.length > 1) throw new YamlError('the text has more than one document');
	return values[0] ?? null;
}

/** The value of each document. Throws YamlError. */
export function parseYamlDocuments(text: string): unknown[] {
	if (text.length > longest)
		throw new YamlError(`the text has ${text.length} characters, of which ${longest} are read: send JSON`);
	const lines = new LineCounter();
	try {
		const documents = parseAllDocuments(text, { uniqueKeys: false, logLevel: 'error', lineCounter: lines });
		return [...documents].map((document) => {
			const [error] = document.errors;
			if (error) throw error;
			check(document, lines);
			return document.toJS({ maxAliasCount: mostAliases });
		});
	} catch (error) {
		// Also a RangeError: nested deeper than the library can follow.
		throw new YamlError((error as Error).message.split('\n', 1)[0].replace(/:$/, ''));
	}
}

/** In the words of Go's YAML, which kube-apiserver reads it with. */
function check(document: Document, lines: LineCounter): void {
	let aliases = 0;
	visit(document, {
		Alias() {
			if (++aliases > mostAliases) throw new YamlError('document contains excessive aliasing');
		},
		Map(_, map) {
			const keys = new Set<unknown>();
			for (const { key } of map.items) {
				if (!isScalar(key)) continue;
				const name = String(key.value);
				if (keys.has(name)) {
					const { line } = lines.linePos(key.range?.[0] ?? 0);
					throw new YamlError(`line ${line}: key ${JSON.stringify(name)} already set in map`);
				}
				keys.add(name);
			}
		},
	});
}
