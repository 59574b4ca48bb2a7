// What a policy's expressions get wrong about the kinds that it is about, as far as those are named one by one
// (https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#type-checking).
import type { ExpressionWarning, ValidatingAdmissionPolicy } from '../../../schema/types.ts';
import { compile, type Declarations, typedEnvironment } from '../../expressions/environment.ts';
import { declareStruct, type ObjectTypes } from '../../expressions/struct-types.ts';
import type { Resource } from '../../registry.ts';
import { declarationsFor } from './variables.ts';

const mostKinds = 10;

/** Custom resources are not looked into: their types are not Kubernetes' own. */
export function expressionWarnings(
	policy: ValidatingAdmissionPolicy,
	kinds: readonly Resource[],
): ExpressionWarning[] {
	const checked = kindsOf(policy, kinds).map((kind) => ({
		shown: `${kind.apiVersion}, Kind=${kind.kind}`,
		environment: typedEnvironment(declarationsOf(policy, kind)),
	}));
	const warnings: ExpressionWarning[] = [];
	const check = (expression: string, fieldRef: string) => {
		const faults = checked.flatMap(({ shown, environment }) => {
			const { fault } = compile(expression, environment);
			return fault === undefined ? [] : [`${shown}: compilation failed: ${fault}\n`];
		});
		if (faults.length > 0) warnings.push({ fieldRef, warning: faults.join('\n') });
	};
	(policy.spec.validations ?? []).forEach(({ expression, messageExpression }, index) => {
		check(expression, `spec.validations[${index}].expression`);
		if (messageExpression) check(messageExpression, `spec.validations[${index}].messageExpression`);
	});
	return warnings;
}

function declarationsOf({ spec }: ValidatingAdmissionPolicy, kind: Resource): Declarations {
	const variables = Object.fromEntries((spec.variables ?? []).map(({ name }) => [name, 'dyn']));
	const known = declarationsFor({ params: spec.paramKind !== undefined, authorizer: true, variables });
	const objects: ObjectTypes = new Map();
	const object = declareStruct(kind.struct, objects);
	return {
		variables: { ...known.variables, object, oldObject: object },
		objects: new Map([...objects, ...(known.objects ?? [])]),
	};
}

/** The kinds that the policy's rules name, sorted. */
function kindsOf({ spec }: ValidatingAdmissionPolicy, kinds: readonly Resource[]): Resource[] {
	const named = (spec.matchConstraints?.resourceRules ?? []).flatMap((rule) => {
		const { apiGroups = [], apiVersions = [], resources = [] } = rule;
		return kinds.filter(
			({ group, version, plural, struct }) =>
				struct.name.startsWith('io.k8s.') &&
				apiGroups.includes(group) &&
				apiVersions.includes(version) &&
				resources.includes(plural),
		);
	});
	const order = ({ group, version, kind }: Resource) => `${group} ${version} ${kind}`;
	return [...new Set(named)].sort((a, b) => (order(a) < order(b) ? -1 : 1)).slice(0, mostKinds);
}
