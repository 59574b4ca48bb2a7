// What an admission policy's expressions say of a request (k8s.io/apiserver/pkg/admission/plugin/policy/validating).
import type { ValidatingAdmissionPolicy, Validation } from '../../../schema/types.ts';
import { evaluationFault, program, type Variables } from '../../expressions/environment.ts';
import { evaluated } from './variables.ts';

/** A validation that does not hold, or cannot be evaluated. */
export interface Denial {
	message: string;
	reason?: string;
}

/** Throws an Error in the server's words. */
function evaluate(expression: string, values: Variables): unknown {
	try {
		return program(expression, evaluated)(values);
	} catch (error) {
		throw new Error(`expression '${expression}' resulted in error: ${evaluationFault(error)}`);
	}
}

/** The values with the policy's variables, each of which is evaluated when it is first looked at. */
function withVariables({ spec }: ValidatingAdmissionPolicy, values: Variables): Variables {
	const variables: Variables = {};
	const all = { ...values, variables };
	for (const { name, expression } of spec.variables ?? []) {
		let known: { value: unknown } | undefined;
		Object.defineProperty(variables, name, {
			enumerable: true,
			get() {
				try {
					known ??= { value: program(expression, evaluated)(all) };
				} catch (error) {
					throw new Error(
						`composited variable ${JSON.stringify(name)} fails to evaluate: ${evaluationFault(error)}`,
					);
				}
				return known.value;
			},
		});
	}
	return all;
}

/** What the policy refuses the request for; nothing where it is none of its business. */
export function denialsOf(policy: ValidatingAdmissionPolicy, given: Variables): Denial[] {
	const values = withVariables(policy, given);
	const fault = (error: unknown): Denial[] =>
		policy.spec.failurePolicy === 'Ignore' ? [] : [{ message: (error as Error).message }];
	const errors: unknown[] = [];
	for (const { expression } of policy.spec.matchConditions ?? [])
		try {
			if (evaluate(expression, given) === false) return [];
		} catch (error) {
			errors.push(error);
		}
	if (errors.length > 0) return fault(errors[0]);
	return (policy.spec.validations ?? []).flatMap((validation) => {
		try {
			if (evaluate(validation.expression, values) === true) return [];
		} catch (error) {
			return fault(error);
		}
		return [{ message: messageOf(validation, values), reason: validation.reason ?? 'Invalid' }];
	});
}

function messageOf({ expression, message, messageExpression }: Validation, values: Variables): string {
	if (messageExpression)
		try {
			const text = program(messageExpression, evaluated)(values);
			if (typeof text === 'string' && text.trim() && !text.includes('\n')) return text.trim();
		} catch {
			// As in a cluster: what cannot be said so is said otherwise.
		}
	return message?.trim() || `failed expression: ${expression.trim()}`;
}
