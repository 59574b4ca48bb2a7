// Values that may not be there: what becomes of them, by optMap and optFlatMap, and which are equal.
import type { Environment, Optional } from '@marcbachmann/cel-js';
import { identity } from './lists.ts';
import {
	type Checker,
	type Context,
	type Evaluator,
	type MacroCall,
	type TypeDeclaration,
	variableName,
} from './macros.ts';

/** With `flat` the transformation itself gives a value that may not be there. */
const mapping =
	(optional: typeof Optional, flat: boolean) =>
	({ args: [variable, transform], receiver }: MacroCall) => {
		let inner: Context;
		return {
			typeCheck(checker: Checker, _: unknown, context: Context): TypeDeclaration {
				const type = checker.check(receiver, context);
				const value = (type.kind === 'optional' && type.valueType) || checker.getType('dyn');
				inner = context.forkWithVariable(variableName(checker, variable), value);
				const result = checker.check(transform, inner);
				return flat ? result : checker.getType(`optional<${result.name}>`);
			},
			evaluate(evaluator: Evaluator, _: unknown, context: Context): unknown {
				const given = evaluator.run(receiver, context) as Optional;
				if (!given.hasValue()) return optional.none();
				const result = evaluator.run(transform, inner.reuse(context).setIterValue(given.value(), evaluator));
				return flat ? result : optional.of(result);
			},
			async: false,
		};
	};

const areEqual = (a: Optional, b: Optional) =>
	a.hasValue() === b.hasValue() && (!a.hasValue() || identity(a.value()) === identity(b.value()));

export function registerOptionals(environment: Environment, optional: typeof Optional): void {
	environment.registerOperator('optional == optional', areEqual);
	environment.registerFunction('optional.optMap(ast, ast): optional<dyn>', mapping(optional, false));
	environment.registerFunction('optional.optFlatMap(ast, ast): optional<dyn>', mapping(optional, true));
}
