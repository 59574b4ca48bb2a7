// JSONPath as printer columns use it (https://kubernetes.io/docs/reference/kubectl/jsonpath/): fields, indices,
// slices by `*`, and filters that compare one field with a literal.
import { isObject } from '../../json-object.ts';

type Step = (values: readonly unknown[]) => unknown[];

/** What a path finds in a value. */
export type JsonPath = (value: unknown) => unknown[];

const field =
	(name: string): Step =>
	(values) =>
		values.flatMap((value) => (isObject(value) && Object.hasOwn(value, name) ? [value[name]] : []));

const all: Step = (values) =>
	values.flatMap((value) => (Array.isArray(value) ? value : isObject(value) ? Object.values(value) : []));

const element =
	(index: number): Step =>
	(values) =>
		values.flatMap((value) => {
			if (!Array.isArray(value)) return [];
			const at = index < 0 ? value.length + index : index;
			return at < value.length && at >= 0 ? [value[at]] : [];
		});

function filter(path: JsonPath, operator: string | undefined, literal: string | undefined): Step {
	const wanted = literal === undefined ? undefined : readLiteral(literal);
	return (values) =>
		values
			.flatMap((value) => (Array.isArray(value) ? value : []))
			.filter((value) => {
				const [found] = path(value);
				if (operator === undefined) return found !== undefined;
				if (operator === '!=') return found !== wanted;
				if (operator === '==') return found === wanted;
				if (typeof found !== typeof wanted || !isOrdered(found) || !isOrdered(wanted)) return false;
				if (operator === '<') return found < wanted;
				if (operator === '>') return found > wanted;
				return operator === '<=' ? found <= wanted : found >= wanted;
			});
}

const isOrdered = (value: unknown): value is string | number =>
	typeof value === 'string' || typeof value === 'number';

function readLiteral(text: string): string | number | boolean {
	if (/^['"]/.test(text)) return text.slice(1, -1);
	if (text === 'true' || text === 'false') return text === 'true';
	return Number(text);
}

const form =
	/\.?(?:\[\?\(\s*@((?:\.[\w-]+)+)\s*(?:(==|!=|<=|>=|<|>)\s*('[^']*'|"[^"]*"|-?\d+(?:\.\d+)?|true|false)\s*)?\)\]|\[(-?\d+)\]|\[(\*)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\])|\.(\*)|\.((?:[\w$/-]|\\.)+)/y;

/** Undefined where the text is no path that is understood. */
export function parseJsonPath(text: string): JsonPath | undefined {
	const inner = text.replace(/^\{(.*)\}$/s, '$1').replace(/^\$/, '');
	const steps: Step[] = [];
	let from = 0;
	while (from < inner.length) {
		form.lastIndex = from;
		const found = form.exec(inner);
		if (!found) return undefined;
		from += found[0].length;
		const [, path, operator, literal, index, star, single, double, dotStar, name] = found;
		if (path !== undefined) {
			const of = parseJsonPath(path);
			if (!of) return undefined;
			steps.push(filter(of, operator, literal));
		} else if (index !== undefined) steps.push(element(Number(index)));
		else if (star !== undefined || dotStar !== undefined) steps.push(all);
		else steps.push(field((single ?? double ?? name).replace(/\\(.)/g, '$1')));
	}
	if (steps.length === 0) return undefined;
	return (value) => steps.reduce<unknown[]>((values, step) => step(values), [value]);
}
