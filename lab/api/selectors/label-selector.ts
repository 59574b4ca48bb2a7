// Label selectors: as objects carry them (LabelSelector), and as a query gives them (`app=web,tier in (a,b)`)
// with the errors of k8s.io/apimachinery/pkg/labels.
import type { LabelSelector } from '../../schema/types.ts';
import { labelValue, qualifiedName } from '../validation/names.ts';

type Labels = Readonly<Record<string, string>> | undefined;

export interface LabelRequirement {
	key: string;
	operator: '=' | '==' | '!=' | 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt';
	values: readonly string[];
}

/** Whether labels satisfy a selector object; an absent one matches nothing, an empty one everything. */
export function selectorMatches(selector: LabelSelector | undefined, labels: Labels): boolean {
	if (!selector) return false;
	const { matchLabels = {}, matchExpressions = [] } = selector;
	return (
		matchesLabels(matchLabels, labels) &&
		matchExpressions.every((expression) => meetsExpression(labels?.[expression.key], expression))
	);
}

/** Whether labels contain all of the wanted ones: the selectors of Services and of nodes. */
export function matchesLabels(wanted: Readonly<Record<string, string>>, labels: Labels): boolean {
	for (const key of Object.keys(wanted)) if (labels?.[key] !== wanted[key]) return false;
	return true;
}

/** Whether a value, or that there is none, is what In, NotIn, Exists or DoesNotExist asks for. */
export function meetsExpression(
	value: string | undefined,
	{ operator, values = [] }: { operator: string; values?: readonly string[] },
): boolean {
	if (operator === 'In') return value !== undefined && values.includes(value);
	if (operator === 'NotIn') return value === undefined || !values.includes(value);
	return (value !== undefined) === (operator === 'Exists');
}

/** A selector object in a query's form, as `app=web,tier in (a,b)`; '' where it selects everything. */
export function formatLabelSelector(selector: LabelSelector | undefined): string {
	const equal = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => ({
		key,
		text: `${key}=${value}`,
	}));
	const others = (selector?.matchExpressions ?? []).map(({ key, operator, values = [] }) => {
		const list = `(${[...values].sort().join(',')})`;
		if (operator === 'In') return { key, text: `${key} in ${list}` };
		if (operator === 'NotIn') return { key, text: `${key} notin ${list}` };
		return { key, text: operator === 'Exists' ? key : `!${key}` };
	});
	return [...equal, ...others]
		.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
		.map(({ text }) => text)
		.join(',');
}

export function requirementsMatch(requirements: readonly LabelRequirement[], labels: Labels): boolean {
	return requirements.every(({ key, operator, values }) => {
		const value = labels?.[key];
		switch (operator) {
			case '=':
			case '==':
			case 'in':
				return value !== undefined && values.includes(value);
			case '!=':
			case 'notin':
				return value === undefined || !values.includes(value);
			case 'exists':
				return value !== undefined;
			case '!':
				return value === undefined;
			default: {
				if (value === undefined || !/^-?\d+$/.test(value)) return false;
				const difference = Number(value) - Number(values[0]);
				return operator === 'gt' ? difference > 0 : difference < 0;
			}
		}
	});
}

/** What is wrong with a query's selector, in the server's words. */
export class LabelSelectorError extends Error {}

/** Throws LabelSelectorError. */
export function parseLabelSelector(text: string): LabelRequirement[] {
	return new Parser(text).selector();
}

const operators = ['=', '==', 'in', '!=', 'notin', 'gt', 'lt'];
const signs = new Set(['=', '!', '(', ')', ',', '>', '<']);

interface Token {
	kind: 'identifier' | 'sign' | 'end';
	text: string;
}

function tokens(text: string): Token[] {
	const found: Token[] = [];
	for (const match of text.matchAll(/\s+|==|!=|[=!(),<>]|[^\s=!(),<>]+/g)) {
		const part = match[0];
		if (/^\s/.test(part)) continue;
		found.push({ kind: signs.has(part[0]) ? 'sign' : 'identifier', text: part });
	}
	return [...found, { kind: 'end', text: '' }];
}

class Parser {
	readonly #tokens: Token[];
	#at = 0;

	constructor(text: string) {
		this.#tokens = tokens(text);
	}

	get #next(): Token {
		return this.#tokens[this.#at];
	}

	#take(): Token {
		const token = this.#tokens[this.#at];
		if (token.kind !== 'end') this.#at++;
		return token;
	}

	selector(): LabelRequirement[] {
		const requirements: LabelRequirement[] = [];
		for (;;) {
			const { kind, text } = this.#next;
			if (kind === 'end') return requirements;
			if (kind !== 'identifier' && text !== '!')
				throw new LabelSelectorError(`found '${text}', expected: !, identifier, or 'end of string'`);
			requirements.push(this.#requirement());
			const after = this.#take();
			if (after.kind === 'end') return requirements;
			if (after.text !== ',')
				throw new LabelSelectorError(`found '${after.text}', expected: ',' or 'end of string'`);
			const following = this.#next;
			if (following.kind !== 'identifier' && following.text !== '!')
				throw new LabelSelectorError(`found '${following.text}', expected: identifier after ','`);
		}
	}

	#requirement(): LabelRequirement {
		try {
			return this.#checked(this.#parsed());
		} catch (error) {
			throw new LabelSelectorError(`unable to parse requirement: ${(error as Error).message}`);
		}
	}

	#parsed(): LabelRequirement {
		const absent = this.#next.text === '!';
		if (absent) this.#take();
		const { kind, text: key } = this.#take();
		if (kind !== 'identifier') throw new LabelSelectorError(`found '${key}', expected: identifier`);
		if (absent) return { key, operator: '!', values: [] };
		if (this.#next.kind === 'end' || this.#next.text === ',') return { key, operator: 'exists', values: [] };
		const operator = this.#take().text;
		switch (operator) {
			case 'in':
			case 'notin':
				return { key, operator, values: this.#values() };
			case '=':
			case '==':
			case '!=':
				return { key, operator, values: [this.#value()] };
			case '>':
			case '<':
				return { key, operator: operator === '>' ? 'gt' : 'lt', values: [this.#value()] };
			default:
				throw new LabelSelectorError(`found '${operator}', expected: ${operators.join(', ')}`);
		}
	}

	/** What stands after `=`: nothing is the empty value. */
	#value(): string {
		const { kind, text } = this.#next;
		if (kind === 'end' || text === ',') return '';
		if (kind !== 'identifier') throw new LabelSelectorError(`found '${text}', expected: identifier`);
		return this.#take().text;
	}

	#values(): string[] {
		const open = this.#take();
		if (open.text !== '(') throw new LabelSelectorError(`found '${open.text}' expected: '('`);
		const values: string[] = [];
		for (;;) {
			const { kind, text } = this.#next;
			if (kind === 'identifier') {
				values.push(this.#take().text);
				const after = this.#next;
				if (after.text !== ',' && after.text !== ')')
					throw new LabelSelectorError(`found '${after.text}', expected: ',' or ')'`);
			} else if (text === ',') {
				this.#take();
				if (this.#next.text === ')' || this.#next.text === ',') values.push('');
			} else if (text === ')') {
				this.#take();
				return values.length > 0 ? [...new Set(values)].sort() : [''];
			} else
				throw new LabelSelectorError(
					values.length > 0
						? `found '${text}', expected: ',', or identifier`
						: `found '${text}', expected: ',', ')' or identifier`,
				);
		}
	}

	#checked(requirement: LabelRequirement): LabelRequirement {
		const { key, operator, values } = requirement;
		const faults = qualifiedName(key);
		if (faults.length > 0)
			throw new LabelSelectorError(`key: Invalid value: ${JSON.stringify(key)}: ${faults.join('; ')}`);
		if ((operator === 'gt' || operator === 'lt') && !/^-?\d+$/.test(values[0]))
			throw new LabelSelectorError(
				`values[0]: Invalid value: ${JSON.stringify(values[0])}: for 'Gt', 'Lt' operators, the value must be an integer`,
			);
		values.forEach((value, index) => {
			const wrong = labelValue(value);
			if (wrong.length > 0)
				throw new LabelSelectorError(
					`values[${index}][${key}]: Invalid value: ${JSON.stringify(value)}: ${wrong.join('; ')}`,
				);
		});
		return requirement;
	}
}
