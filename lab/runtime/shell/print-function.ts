// A function's definition as bash prints it (type, declare -f): laid out anew, its simple commands as they were typed.
import type { AndOr, Command, Compound, Script } from './syntax.ts';

const level = '    ';

export function printFunction(name: string, body: Command): string {
	const compound = body.type === 'simple' || body.type === 'function' ? undefined : body;
	const script: Script =
		compound?.type === 'group' ? compound.body : { items: compound ? [itemOf(compound)] : [] };
	return `${name} () \n{ \n${lines(script, level, false)}\n}\n`;
}

/** A list that has only the command in it. */
const itemOf = (command: Compound): AndOr => ({
	first: { negated: false, timed: false, commands: [command], text: '' },
	rest: [],
	background: false,
	text: '',
});

/** Each list on lines of its own; `ended` has the last one followed by a semicolon, too. */
function lines({ items }: Script, indent: string, ended: boolean): string {
	return items
		.map((item, index) => {
			const end = item.background ? ' &' : ended || index < items.length - 1 ? ';' : '';
			return `${indent}${layout(item, indent)}${end}`;
		})
		.join('\n');
}

const inline = ({ items }: Script) => items.map(({ text }) => text).join('; ');

function layout(item: AndOr, indent: string): string {
	const [command, ...others] = item.first.commands;
	const { negated, timed } = item.first;
	const isAlone = item.rest.length === 0 && others.length === 0 && !negated && !timed;
	if (!isAlone || command.type === 'simple' || command.type === 'function') return item.text;
	return command.redirections.length > 0 ? item.text : compound(command, item.text, indent);
}

/** `source` stands for what is not laid out. */
function compound(command: Compound, source: string, indent: string): string {
	const inner = indent + level;
	switch (command.type) {
		case 'group':
			return `{ \n${lines(command.body, inner, false)}\n${indent}}`;
		case 'subshell':
			return `( ${inline(command.body)} )`;
		case 'if':
			return `${branches(command, indent)}${indent}fi`;
		case 'loop':
			return `${command.until ? 'until' : 'while'} ${inline(command.condition)}; do\n${lines(command.body, inner, true)}\n${indent}done`;
		case 'for': {
			const [, words] = /^for\s+\w+\s+in\s+(.*?)\s*[;\n]\s*do\b/s.exec(source) ?? [];
			const list = words === undefined ? 'in "$@"' : `in ${words}`;
			return `for ${command.name} ${list};\n${indent}do\n${lines(command.body, inner, true)}\n${indent}done`;
		}
		default:
			return source;
	}
}

/** bash has an elif as an if of its own within the else. */
function branches(command: Extract<Compound, { type: 'if' }>, indent: string): string {
	const inner = indent + level;
	const [{ condition, body }, ...rest] = command.branches;
	const head = `if ${inline(condition)}; then\n${lines(body, inner, true)}\n`;
	if (rest.length > 0) {
		const nested = branches({ ...command, branches: rest }, inner);
		return `${head}${indent}else\n${inner}${nested}${inner}fi;\n`;
	}
	return command.otherwise ? `${head}${indent}else\n${lines(command.otherwise, inner, true)}\n` : head;
}
