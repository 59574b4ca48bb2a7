// The functions that awk has (POSIX, and systime and strftime of gawk and busybox).
import type { Expressions } from './awk-expressions.ts';
import type { Expression } from './awk-tree.ts';
import { fromInput, sprintf, toNumber, toText, type Value } from './awk-values.ts';
import { strftime } from './dates.ts';

/** Calls one of `builtins` by its name. */
export async function callBuiltin(
	expressions: Expressions,
	name: string,
	args: readonly Expression[],
): Promise<Value> {
	const { records } = expressions;
	const text = async (i: number) => toText(await expressions.evaluate(args[i]));
	const number = async (i: number) => toNumber(await expressions.evaluate(args[i]));
	switch (name) {
		case 'length': {
			const [arg] = args;
			if (!arg) return [...records.whole()].length;
			if (
				arg.kind === 'variable' &&
				(records.locals?.get(arg.name) ?? records.globals.get(arg.name)) instanceof Map
			)
				return records.array(arg.name).size;
			return [...(await text(0))].length;
		}
		case 'substr': {
			const characters = [...(await text(0))];
			const start = Math.round(await number(1));
			const length = args[2] ? Math.round(await number(2)) : Number.POSITIVE_INFINITY;
			return characters.slice(Math.max(0, start - 1), Math.max(0, start - 1 + length)).join('');
		}
		case 'index':
			return (await text(0)).indexOf(await text(1)) + 1;
		case 'split': {
			const source = await text(0);
			const array = records.array((args[1] as { name: string }).name);
			const separator =
				args[2] === undefined
					? records.text('FS')
					: args[2].kind === 'regex'
						? records.regex(args[2].source)
						: await text(2);
			array.clear();
			records.split(source, separator).forEach((part, i) => void array.set(String(i + 1), fromInput(part)));
			return array.size;
		}
		case 'sub':
		case 'gsub':
			return expressions.substitute(args, name === 'gsub');
		case 'match': {
			const match = (await expressions.pattern(args[1])).find(await text(0));
			records.globals.set('RSTART', match ? match.start + 1 : 0);
			records.globals.set('RLENGTH', match ? match.end - match.start : -1);
			return match ? match.start + 1 : 0;
		}
		case 'sprintf': {
			const values: Value[] = [];
			for (const arg of args) values.push(await expressions.evaluate(arg));
			return sprintf(toText(values[0] ?? ''), values.slice(1));
		}
		case 'tolower':
			return (await text(0)).toLowerCase();
		case 'toupper':
			return (await text(0)).toUpperCase();
		case 'int':
			return Math.trunc(await number(0));
		case 'atan2':
			return Math.atan2(await number(0), await number(1));
		case 'sin':
		case 'cos':
		case 'exp':
		case 'log':
		case 'sqrt':
			return Math[name](await number(0));
		case 'rand':
			return records.call.process.random();
		case 'srand': {
			const before = expressions.seed;
			expressions.seed = args[0] ? await number(0) : Math.floor(records.call.process.clock.now() / 1000);
			return before;
		}
		case 'system': {
			await records.call.flush();
			const { pid } = records.call.process.spawn({ argv: ['/bin/sh', '-c', await text(0)] });
			return (await records.call.process.wait(pid))?.code ?? 0;
		}
		case 'close':
			return expressions.files.close(await text(0));
		case 'fflush':
			await records.call.flush();
			return 0;
		case 'systime':
			return Math.floor(records.call.process.clock.now() / 1000);
		default:
			return strftime(
				args[0] ? await text(0) : '%a %b %e %H:%M:%S UTC %Y',
				args[1] ? (await number(1)) * 1000 : records.call.process.clock.now(),
			);
	}
}
