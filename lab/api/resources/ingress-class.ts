import type { IngressClass, IngressClassParametersReference } from '../../schema/types.ts';
import {
	type FieldError,
	forbiddenField,
	invalidValue,
	notSupported,
	required,
	tooLong,
} from '../field-errors.ts';
import { defineResource } from '../registry.ts';
import { validateReference } from '../validation/ingress.ts';
import { immutable } from '../validation/metadata.ts';
import { dnsLabel, dnsSubdomain } from '../validation/names.ts';
import { ageColumn, nameColumn } from './columns.ts';

/** Marks the class that an Ingress gets which names none. */
export const defaultClassAnnotation = 'ingressclass.kubernetes.io/is-default-class';
const longestController = 250;

function validateController(controller: string): FieldError[] {
	const field = 'spec.controller';
	if (!controller) return [required(field)];
	const errors: FieldError[] = [];
	if (controller.length > longestController) errors.push(tooLong(field, longestController));
	const slash = controller.indexOf('/');
	const [domain, path] = [controller.slice(0, slash), controller.slice(slash + 1)];
	if (slash < 0 || !domain || !path)
		errors.push(invalidValue(field, controller, 'must be a domain-prefixed path (such as "acme.io/foo")'));
	else {
		for (const fault of dnsSubdomain(domain)) errors.push(invalidValue(field, domain, fault));
		if (!/^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(path))
			errors.push(
				invalidValue(
					field,
					path,
					"Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')",
				),
			);
	}
	return errors;
}

function validateParameters(parameters: IngressClassParametersReference | undefined): FieldError[] {
	if (!parameters) return [];
	const field = 'spec.parameters';
	const errors = validateReference(parameters, field);
	const { scope, namespace } = parameters;
	if (scope === undefined) return [...errors, required(`${field}.scope`)];
	if (scope === 'Namespace') {
		if (namespace === undefined)
			errors.push(required(`${field}.namespace`, "`parameters.scope` is set to 'Namespace'"));
		else
			for (const fault of dnsLabel(namespace))
				errors.push(invalidValue(`${field}.namespace`, namespace, fault));
	} else if (scope !== 'Cluster')
		errors.push(notSupported(`${field}.scope`, scope, ['Cluster', 'Namespace']));
	else if (namespace !== undefined)
		errors.push(forbiddenField(`${field}.namespace`, "`parameters.scope` is set to 'Cluster'"));
	return errors;
}

function shownParameters({ spec }: IngressClass): string {
	const { parameters } = spec;
	if (!parameters) return '<none>';
	const group = parameters.apiGroup === undefined ? '' : `.${parameters.apiGroup}`;
	return `${parameters.kind}${group}/${parameters.name}`;
}

export const ingressClasses = defineResource<IngressClass>({
	group: 'networking.k8s.io',
	version: 'v1',
	kind: 'IngressClass',
	plural: 'ingressclasses',
	singular: 'ingressclass',
	namespaced: false,
	hasGeneration: true,
	nameRule: dnsSubdomain,
	setDefaults({ spec }) {
		if (spec?.parameters) spec.parameters.scope ??= 'Cluster';
	},
	validate: ({ spec }) => [
		...validateController(spec?.controller ?? ''),
		...validateParameters(spec?.parameters),
	],
	validateUpdate: ({ spec }, old) =>
		spec.controller === old.spec.controller
			? []
			: [invalidValue('spec.controller', spec.controller, immutable)],
	columns: [
		nameColumn,
		{ name: 'Controller', type: 'string', cell: ({ spec }) => spec.controller ?? '' },
		{ name: 'Parameters', type: 'string', cell: shownParameters },
		ageColumn,
	],
});
