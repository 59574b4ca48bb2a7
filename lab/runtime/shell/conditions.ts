// The evaluation of [[ … ]].
import { RE2JS } from 're2js';
import { binary, comparisons, unary } from '../programs/file-tests.ts';
import { ShellError } from './control-flow.ts';
import type { Shell } from './shell.ts';
import type { Condition } from './syntax.ts';

/** Whether [[ … ]] holds. */
export async function holds(shell: Shell, condition: Condition): Promise<boolean> {
	const { expander } = shell;
	switch (condition.type) {
		case 'not':
			return !(await holds(shell, condition.operand));
		case 'and':
			return (await holds(shell, condition.left)) && (await holds(shell, condition.right));
		case 'or':
			return (await holds(shell, condition.left)) || (await holds(shell, condition.right));
		case 'unary': {
			const operand = await expander.text(condition.operand);
			if (condition.operator === '-v') return shell.parameter(operand) !== undefined;
			const test = unary[condition.operator];
			if (!test) throw new ShellError(`${condition.operator}: unary operator expected`, 2);
			return test(shell.process, operand);
		}
		case 'binary': {
			const left = await expander.text(condition.left);
			const { operator } = condition;
			if (operator === '=~') return matchesExpression(shell, left, await expander.text(condition.right));
			if (operator === '=' || operator === '==' || operator === '!=')
				return (await expander.pattern(condition.right)).matches(left) === (operator !== '!=');
			const right = await expander.text(condition.right);
			if (!Object.hasOwn(comparisons, operator)) return binary[operator](shell.process, left, right);
			const numbers = [
				await expander.arithmetic({ parts: [{ type: 'quoted', text: left }] }),
				await expander.arithmetic({ parts: [{ type: 'quoted', text: right }] }),
			];
			return comparisons[operator](numbers[0], numbers[1]);
		}
	}
}

/** =~: an extended regular expression, in linear time; its groups go to BASH_REMATCH. */
function matchesExpression(shell: Shell, text: string, expression: string): boolean {
	let matcher: ReturnType<RE2JS['matcher']>;
	try {
		matcher = RE2JS.compile(expression).matcher(text);
	} catch {
		throw new ShellError(`[[: invalid regular expression \`${expression}'`, 2);
	}
	const found = matcher.find();
	const groups = new Map<number, string>();
	if (found)
		for (let group = 0; group <= matcher.groupCount(); group++) groups.set(group, matcher.group(group) ?? '');
	shell.variables.setElements('BASH_REMATCH', groups);
	return found;
}
