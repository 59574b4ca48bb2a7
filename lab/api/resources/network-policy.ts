import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../../schema/types.ts';
import { type FieldError, forbiddenField, invalidValue, notSupported, required } from '../field-errors.ts';
import { defineResource } from '../registry.ts';
import { formatLabelSelector } from '../selectors/label-selector.ts';
import { containsRange, parseRange, validateRange } from '../validation/cidr.ts';
import { validateLabelSelector } from '../validation/metadata.ts';
import { dnsSubdomain, portName, portNumber } from '../validation/names.ts';
import { ageColumn, nameColumn } from './columns.ts';

function validatePort({ protocol, port, endPort }: NetworkPolicyPort, field: string): FieldError[] {
	const errors: FieldError[] = [];
	const wrong = (part: string, value: unknown, detail: string) =>
		errors.push(invalidValue(`${field}.${part}`, value, detail));
	if (protocol !== undefined && !['TCP', 'UDP', 'SCTP'].includes(protocol))
		errors.push(notSupported(`${field}.protocol`, protocol, ['TCP', 'UDP', 'SCTP']));
	if (typeof port === 'number') {
		for (const fault of portNumber(port)) wrong('port', port, fault);
		if (endPort === undefined) return errors;
		if (endPort < port) wrong('endPort', endPort, 'must be greater than or equal to `port`');
		for (const fault of portNumber(endPort)) wrong('endPort', endPort, fault);
		return errors;
	}
	if (endPort !== undefined)
		wrong(
			'endPort',
			endPort,
			`may not be specified when \`port\` is ${port === undefined ? 'not specified' : 'non-numeric'}`,
		);
	if (port !== undefined) for (const fault of portName(port)) wrong('port', port, fault);
	return errors;
}

function validatePeer({ podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer, field: string) {
	const errors = [
		...validateLabelSelector(podSelector, `${field}.podSelector`),
		...validateLabelSelector(namespaceSelector, `${field}.namespaceSelector`),
	];
	if (ipBlock) errors.push(...validateBlock(ipBlock, `${field}.ipBlock`));
	if (!podSelector && !namespaceSelector && !ipBlock) errors.push(required(field, 'must specify a peer'));
	else if (ipBlock && (podSelector || namespaceSelector))
		errors.push(forbiddenField(field, 'may not specify both ipBlock and another peer'));
	return errors;
}

function validateBlock({ cidr, except = [] }: { cidr: string; except?: string[] }, field: string) {
	if (!cidr) return [required(`${field}.cidr`)];
	const errors = validateRange(cidr, `${field}.cidr`);
	const outer = parseRange(cidr);
	if (!outer) return errors;
	except.forEach((text, index) => {
		const at = `${field}.except[${index}]`;
		errors.push(...validateRange(text, at));
		const inner = parseRange(text);
		if (inner && (!containsRange(outer, inner) || inner.length === outer.length))
			errors.push(invalidValue(at, text, 'must be a strict subset of `cidr`'));
	});
	return errors;
}

function validate({ spec }: NetworkPolicy): FieldError[] {
	const errors = validateLabelSelector(spec?.podSelector, 'spec.podSelector');
	const rules = (
		direction: 'ingress' | 'egress',
		index: number,
		ports: readonly NetworkPolicyPort[] = [],
		peers: readonly NetworkPolicyPeer[] = [],
	) => {
		const field = `spec.${direction}[${index}]`;
		ports.forEach((port, position) => {
			errors.push(...validatePort(port, `${field}.ports[${position}]`));
		});
		const part = direction === 'ingress' ? 'from' : 'to';
		peers.forEach((peer, position) => {
			errors.push(...validatePeer(peer, `${field}.${part}[${position}]`));
		});
	};
	(spec?.ingress ?? []).forEach(({ ports, from }, index) => {
		rules('ingress', index, ports, from);
	});
	(spec?.egress ?? []).forEach(({ ports, to }, index) => {
		rules('egress', index, ports, to);
	});
	const { policyTypes = [] } = spec ?? {};
	if (policyTypes.length > 2)
		return [
			...errors,
			invalidValue('spec.policyTypes', policyTypes, 'may not specify more than two policyTypes'),
		];
	policyTypes.forEach((type, index) => {
		if (type !== 'Ingress' && type !== 'Egress')
			errors.push(notSupported(`spec.policyTypes[${index}]`, type, ['Ingress', 'Egress']));
	});
	return errors;
}

/** Policies are kept and shown; the lab's network lets every connection pass, as one without a policy plugin does. */
export const networkPolicies = defineResource<NetworkPolicy>({
	group: 'networking.k8s.io',
	version: 'v1',
	kind: 'NetworkPolicy',
	plural: 'networkpolicies',
	singular: 'networkpolicy',
	shortNames: ['netpol'],
	namespaced: true,
	hasGeneration: true,
	nameRule: dnsSubdomain,
	setDefaults({ spec }) {
		if (!spec) return;
		for (const { ports = [] } of [...(spec.ingress ?? []), ...(spec.egress ?? [])])
			for (const port of ports) port.protocol ??= 'TCP';
		if (spec.policyTypes?.length) return;
		spec.policyTypes = ['Ingress'];
		if (spec.egress?.length) spec.policyTypes.push('Egress');
	},
	validate,
	columns: [
		nameColumn,
		{
			name: 'Pod-Selector',
			type: 'string',
			cell: ({ spec }) => formatLabelSelector(spec?.podSelector) || '<none>',
		},
		ageColumn,
	],
});
