// The primaries that test, [ and [[ share, and the evaluation of [[ … ]].
import { RE2JS } from 're2js';
import type { FileStatus } from '../files.ts';
import { SystemError } from '../process.ts';
import { ShellError } from './control-flow.ts';
import type { Shell } from './shell.ts';
import type { Condition } from './syntax.ts';

function statusOf(shell: Shell, path: string, followLinks = true): FileStatus | undefined {
	if (path === '') return undefined;
	try {
		return shell.process.files.status(shell.absolute(path), { followLinks });
	} catch (error) {
		if (error instanceof SystemError) return undefined;
		throw error;
	}
}

function permits(shell: Shell, path: string, wanted: 4 | 2 | 1): boolean {
	const status = statusOf(shell, path);
	if (!status) return false;
	const { uid, gid } = shell.process;
	if (uid === 0) return wanted !== 1 || status.kind === 'directory' || (status.mode & 0o111) !== 0;
	const shift = uid === status.uid ? 6 : gid === status.gid ? 3 : 0;
	return ((status.mode >> shift) & wanted) !== 0;
}

/** The unary primaries by their letter. */
export const unary: Record<string, (shell: Shell, operand: string) => boolean> = {
	'-n': (_, operand) => operand !== '',
	'-z': (_, operand) => operand === '',
	'-e': (shell, path) => statusOf(shell, path) !== undefined,
	'-a': (shell, path) => statusOf(shell, path) !== undefined,
	'-f': (shell, path) => statusOf(shell, path)?.kind === 'file',
	'-d': (shell, path) => statusOf(shell, path)?.kind === 'directory',
	'-c': (shell, path) => statusOf(shell, path)?.kind === 'device',
	'-b': () => false,
	'-p': () => false,
	'-S': () => false,
	'-h': (shell, path) => statusOf(shell, path, false)?.kind === 'symlink',
	'-L': (shell, path) => statusOf(shell, path, false)?.kind === 'symlink',
	'-s': (shell, path) => (statusOf(shell, path)?.size ?? 0) > 0,
	'-r': (shell, path) => permits(shell, path, 4),
	'-w': (shell, path) => permits(shell, path, 2),
	'-x': (shell, path) => permits(shell, path, 1),
	'-u': (shell, path) => ((statusOf(shell, path)?.mode ?? 0) & 0o4000) !== 0,
	'-g': (shell, path) => ((statusOf(shell, path)?.mode ?? 0) & 0o2000) !== 0,
	'-k': (shell, path) => ((statusOf(shell, path)?.mode ?? 0) & 0o1000) !== 0,
	'-O': (shell, path) => statusOf(shell, path)?.uid === shell.process.uid,
	'-G': (shell, path) => statusOf(shell, path)?.gid === shell.process.gid,
	'-t': (shell, descriptor) => shell.openFile(Number(descriptor))?.terminal !== undefined,
	'-v': (shell, name) => shell.parameter(name) !== undefined,
};

const comparisons: Record<string, (left: bigint, right: bigint) => boolean> = {
	'-eq': (left, right) => left === right,
	'-ne': (left, right) => left !== right,
	'-lt': (left, right) => left < right,
	'-le': (left, right) => left <= right,
	'-gt': (left, right) => left > right,
	'-ge': (left, right) => left >= right,
};

export const binary = new Set([...Object.keys(comparisons), '=', '==', '!=', '<', '>', '-nt', '-ot', '-ef']);

/** A binary primary on texts; numbers are read by `number`. */
export function compares(
	shell: Shell,
	operator: string,
	left: string,
	right: string,
	number: (text: string) => bigint,
): boolean {
	if (Object.hasOwn(comparisons, operator)) return comparisons[operator](number(left), number(right));
	switch (operator) {
		case '=':
		case '==':
			return left === right;
		case '!=':
			return left !== right;
		case '<':
			return left < right;
		case '>':
			return left > right;
		case '-ef': {
			const [first, second] = [statusOf(shell, left), statusOf(shell, right)];
			return first !== undefined && first.inode === second?.inode;
		}
		default: {
			const [first, second] = [statusOf(shell, left), statusOf(shell, right)];
			const newer = (one?: FileStatus, other?: FileStatus) =>
				one !== undefined && (other === undefined || one.modifiedAt > other.modifiedAt);
			return operator === '-nt' ? newer(first, second) : newer(second, first);
		}
	}
}

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
			const test = unary[condition.operator];
			if (!test) throw new ShellError(`${condition.operator}: unary operator expected`, 2);
			return test(shell, await expander.text(condition.operand));
		}
		case 'binary': {
			const left = await expander.text(condition.left);
			const { operator } = condition;
			if (operator === '=~') return matchesExpression(shell, left, await expander.text(condition.right));
			if (operator === '=' || operator === '==' || operator === '!=')
				return (await expander.pattern(condition.right)).matches(left) === (operator !== '!=');
			const right = await expander.text(condition.right);
			if (!Object.hasOwn(comparisons, operator)) return compares(shell, operator, left, right, BigInt);
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
