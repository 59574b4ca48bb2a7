// @base64, @csv and the others: a value as text for somewhere else.
import { decodeBase64, encodeBase64 } from '../../../base64.ts';
import { decode, encode } from '../../byte-text.ts';
import { type Json, RunError } from './syntax.ts';
import { shown, typeOf } from './values.ts';

export const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

const entities: Readonly<Record<string, string>> = {
	'<': '&lt;',
	'>': '&gt;',
	'&': '&amp;',
	"'": '&#39;',
	'"': '&quot;',
};
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

function row(value: Json, name: string, separator: string, text: (value: string) => string): string {
	if (!Array.isArray(value))
		throw new RunError(`${shown(value)} cannot be ${name}-formatted, only an array can be`);
	return value
		.map((item) => {
			if (typeof item === 'string') return text(item);
			if (item !== null && typeof item === 'object')
				throw new RunError(`${typeOf(item)} (${JSON.stringify(item)}) is not valid in a ${name} row`);
			return item === null ? '' : String(item);
		})
		.join(separator);
}

const tabEscapes: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', '\\': '\\\\' };

/** Throws RunError where the value cannot be written so, or there is no such format. */
export function formatted(format: string, value: Json): string {
	switch (format) {
		case '@text':
			return textOf(value);
		case '@json':
			return JSON.stringify(value);
		case '@html':
			return textOf(value).replace(/[<>&'"]/g, (character) => entities[character]);
		case '@uri':
			return encodeURIComponent(textOf(value)).replace(
				/[!'()*]/g,
				(character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
			);
		case '@csv':
			return row(value, 'csv', ',', (text) => `"${text.replaceAll('"', '""')}"`);
		case '@tsv':
			return row(value, 'tsv', '\t', (text) => text.replace(/[\t\n\r\\]/g, (each) => tabEscapes[each]));
		case '@sh':
			return Array.isArray(value)
				? value.map((item) => (typeof item === 'string' ? quoted(item) : textOf(item))).join(' ')
				: typeof value === 'string'
					? quoted(value)
					: textOf(value);
		case '@base64':
			return encodeBase64(encode(textOf(value)));
		case '@base64d':
			try {
				return decode(decodeBase64(textOf(value)));
			} catch {
				throw new RunError(`${shown(value)} is not valid base64 data`);
			}
		default:
			throw new RunError(`${format.slice(1)} is not a valid format`);
	}
}
