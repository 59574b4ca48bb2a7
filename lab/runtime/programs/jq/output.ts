// JSON as jq prints it.
import type { Json } from './syntax.ts';
import { isObject } from './values.ts';

export interface Layout {
	/** What stands before each level; '' for all in one line. */
	indent: string;
	sortKeys: boolean;
	ascii: boolean;
}

const escaped = (text: string) =>
	text.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

export function printed(value: Json, layout: Layout, depth = 0): string {
	const inner = layout.indent === '' ? '' : `\n${layout.indent.repeat(depth + 1)}`;
	const end = layout.indent === '' ? '' : `\n${layout.indent.repeat(depth)}`;
	const text = (part: Json) => (layout.ascii ? escaped(JSON.stringify(part)) : JSON.stringify(part));
	if (Array.isArray(value)) {
		if (value.length === 0) return '[]';
		return `[${inner}${value.map((item) => printed(item, layout, depth + 1)).join(`,${inner}`)}${end}]`;
	}
	if (!isObject(value)) return text(value);
	const keys = layout.sortKeys ? Object.keys(value).sort() : Object.keys(value);
	if (keys.length === 0) return '{}';
	const colon = layout.indent === '' ? ':' : ': ';
	const entries = keys.map((key) => `${text(key)}${colon}${printed(value[key], layout, depth + 1)}`);
	return `{${inner}${entries.join(`,${inner}`)}${end}}`;
}
