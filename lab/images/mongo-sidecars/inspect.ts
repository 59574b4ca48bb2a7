// Values as Node's console shows them, laid out simply: short ones on a line, others a field a line.

const width = 72;

export function inspect(value: unknown, indentation = ''): string {
	if (typeof value === 'string') return `'${value.replace(/'/g, "\\'")}'`;
	if (typeof value !== 'object' || value === null) return String(value);
	const isList = Array.isArray(value);
	const inner = `${indentation}  `;
	const parts = isList
		? value.map((part) => inspect(part, inner))
		: Object.entries(value).map(
				([name, part]) => `${/^\w+$/.test(name) ? name : `'${name}'`}: ${inspect(part, inner)}`,
			);
	const [open, close] = isList ? ['[', ']'] : ['{', '}'];
	if (parts.length === 0) return open + close;
	const line = `${open} ${parts.join(', ')} ${close}`;
	if (line.length <= width && !line.includes('\n')) return line;
	return `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${indentation}${close}`;
}
