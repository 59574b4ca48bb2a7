// The shell's library, for the interpreter: how values are shown, by mongosh (as Node's util.inspect lays them
// out) and by the old mongo shell (as JSON with tabs).
export const textLibrary = String.raw`
'use strict';
(() => {
	const width = 80;
	/** So many levels of nesting may stand on one line. */
	const innerLevels = 3;
	const deepest = 12;

	const quoted = (text) => {
		const mark = !text.includes("'") ? "'" : !text.includes('"') ? '"' : "'";
		const escaped = JSON.stringify(text).slice(1, -1).replace(/\\"/g, '"');
		return mark + (mark === "'" ? escaped.replace(/'/g, "\\'") : escaped) + mark;
	};
	const own = {
		ObjectId: (value) => "ObjectId('" + value.hex + "')",
		Long: (value) => "Long('" + value.value + "')",
		Timestamp: (value) => 'Timestamp({ t: ' + value.t + ', i: ' + value.i + ' })',
		UUID: (value) => "UUID('" + value.text + "')",
		Binary: (value) => "Binary.createFromBase64('" + value.base64_ + "', " + value.sub_type + ')',
		MinKey: () => 'MinKey()',
		MaxKey: () => 'MaxKey()',
	};
	const scalar = (value) => {
		if (typeof value === 'string') return quoted(value);
		if (typeof value === 'function')
			return /^class\b/.test(Function.prototype.toString.call(value)) ? '[class ' + value.name + ']' : '[Function' + (value.name ? ': ' + value.name : ' (anonymous)') + ']';
		if (typeof value === 'bigint') return value + 'n';
		if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value);
		if (value instanceof Date)
			return Number.isNaN(value.getTime()) ? 'Invalid Date' : "ISODate('" + value.toISOString() + "')";
		if (value instanceof RegExp) return String(value);
		if (value instanceof Error) return (value.name ?? 'Error') + ': ' + value.message;
		const name = value.constructor?.name;
		return Object.hasOwn(own, name) ? own[name](value) : undefined;
	};

	/** Puts many short elements of an array into columns. */
	const columns = (parts, numeric, indentation) => {
		const longest = Math.max(...parts.map((part) => part.length)) + 2;
		const total = parts.reduce((sum, part) => sum + part.length + 2, 0);
		if (longest * 3 + indentation >= width || !(total / longest > 5 || longest <= 8)) return parts;
		const bias = Math.sqrt(longest - total / parts.length);
		const biased = Math.max(longest - 3 - bias, 1);
		const count = Math.min(
			Math.round(Math.sqrt(2.5 * biased * parts.length) / biased),
			Math.floor((width - indentation) / longest),
			innerLevels * 4,
			15,
		);
		if (count <= 1) return parts;
		const widths = Array.from({ length: count }, (_, column) =>
			Math.max(...parts.filter((_, at) => at % count === column).map((part) => part.length)),
		);
		const rows = [];
		for (let at = 0; at < parts.length; at += count) {
			const row = parts.slice(at, at + count);
			rows.push(
				row
					.map((part, column) => {
						const last = column === row.length - 1;
						const text = last ? part : part + ', ';
						const size = widths[column] + (last ? 0 : 2);
						return numeric ? text.padStart(size) : last ? text : text.padEnd(size);
					})
					.join(''),
			);
		}
		return rows;
	};

	const inspect = (top) => {
		let level = 0;
		let indentation = 0;
		const show = (value, depth, seen) => {
			const plain = scalar(value);
			if (plain !== undefined) return plain;
			if (value.__shown) return show(value.__shown(), depth, seen);
			if (seen.includes(value)) return '[Circular *1]';
			const isList = Array.isArray(value);
			const keys = isList ? [] : Object.keys(value);
			if (depth > deepest) return isList ? '[Array]' : '[Object]';
			level = depth;
			const inner = [...seen, value];
			indentation += 2;
			let parts = isList
				? value.slice(0, 1000).map((part) => show(part, depth + 1, inner))
				: keys.map((key) => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key)) + ': ' + show(value[key], depth + 1, inner));
			indentation -= 2;
			const name = isList ? 'Array' : value.constructor?.name;
			const prefix = !name || name === 'Object' || name === 'Array' ? '' : name + ' ';
			const [open, close] = isList ? ['[', ']'] : [prefix + '{', '}'];
			if (parts.length === 0) return open + close;
			const count = parts.length;
			if (isList && count > 6) parts = columns(parts, value.every((part) => typeof part === 'number'), indentation);
			if (level - depth < innerLevels && parts.length === count) {
				const size = parts.reduce((sum, part) => sum + part.length, 0) + parts.length;
				const start = parts.length + indentation + open.length + 10;
				const line = parts.join(', ');
				if (size + start <= width && !line.includes('\n')) return open + ' ' + line + ' ' + close;
			}
			const space = '\n' + ' '.repeat(indentation);
			return open + space + '  ' + parts.join(',' + space + '  ') + space + close;
		};
		return show(top, 0, []);
	};

	const old = {
		ObjectId: (value) => 'ObjectId("' + value.hex + '")',
		Long: (value) => 'NumberLong(' + value.value + ')',
		Timestamp: (value) => 'Timestamp(' + value.t + ', ' + value.i + ')',
		UUID: (value) => 'UUID("' + value.text + '")',
		Binary: (value) => 'BinData(' + value.sub_type + ',"' + value.base64_ + '")',
		MinKey: () => '{ "$minKey" : 1 }',
		MaxKey: () => '{ "$maxKey" : 1 }',
	};
	/** The old shell's JSON; on one line where that is asked for. */
	const json = (value, tabs = '', oneLine = false) => {
		if (typeof value === 'string') return JSON.stringify(value);
		if (value === undefined) return 'undefined';
		if (typeof value === 'function') return Function.prototype.toString.call(value);
		if (typeof value !== 'object' || value === null) return String(value);
		if (value instanceof Date) return 'ISODate("' + value.toISOString().replace('.000Z', 'Z') + '")';
		if (value instanceof RegExp) return String(value);
		const name = value.constructor?.name;
		if (Object.hasOwn(old, name)) return old[name](value);
		if (value.__shown) return json(value.__shown(), tabs, oneLine);
		const isList = Array.isArray(value);
		const [open, close] = isList ? ['[', ']'] : ['{', '}'];
		const inner = tabs + '\t';
		const parts = isList
			? value.map((part) => json(part, inner, oneLine))
			: Object.keys(value).map((key) => JSON.stringify(key) + ' : ' + json(value[key], inner, oneLine));
		if (parts.length === 0) return isList ? '[ ]' : '{ }';
		if (oneLine) return open + ' ' + parts.join(', ') + ' ' + close;
		return open + '\n' + inner + parts.join(',\n' + inner) + '\n' + tabs + close;
	};
	const shortJson = (value) => {
		const line = json(value, '', true);
		return line.length <= width ? line : json(value);
	};

	const isOldShell = __flavour === 'mongo';
	const printed = (value) =>
		typeof value === 'string' ? value : isOldShell ? (typeof value === 'object' && value !== null ? json(value) : String(value)) : inspect(value);
	/** A value as print() says it: the old shell says of an object that it is one. */
	const said = (value) => {
		if (value?.__printed) return value.__printed();
		if (isOldShell && typeof value === 'object' && value !== null)
			return '[object ' + (value.constructor?.name ?? 'Object') + ']';
		return printed(value);
	};
	Object.assign(globalThis, {
		__inspect: inspect,
		__json: shortJson,
		/** What the shell shows of the value of an input; '' for nothing. */
		__text(value) {
			if (value === undefined) return '';
			if (value?.__printed) return value.__printed();
			if (isOldShell) return typeof value === 'string' ? value : typeof value === 'object' && value !== null && !(value instanceof Date) ? shortJson(value) : json(value);
			return printed(value);
		},
		tojson: isOldShell ? (value) => shortJson(value) : inspect,
		tojsononeline: (value) => json(value, '', true),
		print: (...values) => void __call('print', values.map(said).join(' ') + '\n'),
		printjson: (value) => void __call('print', (isOldShell ? json(value) : inspect(value)) + '\n'),
	});
	globalThis.console = { log: globalThis.print, info: globalThis.print, warn: globalThis.print, error: globalThis.print };
})();
`;
