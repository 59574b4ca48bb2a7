// What a pod's spec may be, in the server's order: volumes, containers, init containers, then the rest.
import type { PodSpec, Toleration } from '../../schema/types.ts';
import {
	duplicate,
	type FieldError,
	forbiddenField,
	invalidValue,
	notSupported,
	required,
} from '../field-errors.ts';
import { isIpv4, isIpv6, validateIp } from './addresses.ts';
import { validateAffinity } from './affinity.ts';
import { validateResourceClaims, validateResources } from './container-resources.ts';
import { validateContainers, validateHostNetworkPorts, validateInitContainers } from './containers.ts';
import { validateEphemeralContainers } from './ephemeral-containers.ts';
import { validateChoice, validateLabels } from './metadata.ts';
import {
	dnsLabel,
	dnsSubdomain,
	labelValue,
	type NameRule,
	qualifiedName,
	underscoredSubdomain,
} from './names.ts';
import { validatePodSecurityContext } from './security-context.ts';
import { validateTopologySpread } from './topology-spread.ts';
import { validateVolumes } from './volumes.ts';
import { validateHostProcesses, validateOperatingSystem } from './windows.ts';

const restartPolicies = ['Always', 'OnFailure', 'Never'];
const dnsPolicies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];

/** Where a spec stands. */
export interface PodSpecPlace {
	/** Volumes that come from elsewhere: a StatefulSet's claim templates. */
	claims?: readonly string[];
	/** The name of the pod whose spec it is; of a template nothing is told. */
	pod?: string;
}

export function validatePodSpec(
	spec: PodSpec,
	field: string,
	{ claims = [], pod }: PodSpecPlace = {},
): FieldError[] {
	const { errors: volumeErrors, right: volumes } = validateVolumes(
		spec.volumes ?? [],
		`${field}.volumes`,
		pod,
	);
	for (const name of claims) volumes.set(name, { name, persistentVolumeClaim: { claimName: name } });
	const facts = { spec, claims: new Set((spec.resourceClaims ?? []).map(({ name }) => name)) };
	const errors: FieldError[] = [
		...volumeErrors,
		...validateResourceClaims(spec.resourceClaims ?? [], `${field}.resourceClaims`),
		...validateContainers(facts, volumes, field),
		...validateInitContainers(facts, volumes, field),
		...validateEphemeralContainers(facts, volumes, `${field}.ephemeralContainers`),
		...validateHostNetworkPorts(spec, pod !== undefined, field),
		...validateChoice(spec.restartPolicy, restartPolicies, `${field}.restartPolicy`),
		...validateChoice(spec.dnsPolicy, dnsPolicies, `${field}.dnsPolicy`),
		...validateLabels(spec.nodeSelector, `${field}.nodeSelector`),
		...validatePodSecurityContext(spec, `${field}.securityContext`),
		...validateAffinity(spec.affinity, `${field}.affinity`),
		...validateDnsConfig(spec, `${field}.dnsConfig`),
		...(spec.readinessGates ?? []).flatMap(({ conditionType }, index) =>
			qualifiedName(conditionType).map((fault) =>
				invalidValue(`${field}.readinessGates[${index}].conditionType`, conditionType, fault),
			),
		),
		...validateSchedulingGates(spec, `${field}.schedulingGates`),
		...validateTopologySpread(spec, `${field}.topologySpreadConstraints`),
		...validateHostProcesses(spec, field),
		...validateHostUsers(spec, field),
		...validateName(spec.serviceAccountName, dnsSubdomain, `${field}.serviceAccountName`),
		...validateName(spec.nodeName, dnsSubdomain, `${field}.nodeName`),
	];
	const deadline = spec.activeDeadlineSeconds;
	if (deadline !== undefined && (deadline < 1 || deadline > 2 ** 31 - 1))
		errors.push(
			invalidValue(`${field}.activeDeadlineSeconds`, deadline, 'must be between 1 and 2147483647, inclusive'),
		);
	errors.push(
		...validateName(spec.hostname, dnsLabel, `${field}.hostname`),
		...validateName(spec.subdomain, dnsLabel, `${field}.subdomain`),
		...validateTolerations(spec.tolerations ?? [], `${field}.tolerations`),
		...validateHostAliases(spec, `${field}.hostAliases`),
		...validateName(spec.priorityClassName, dnsSubdomain, `${field}.priorityClassName`),
		...validateName(spec.runtimeClassName, dnsSubdomain, `${field}.runtimeClassName`),
	);
	if (spec.preemptionPolicy !== undefined)
		errors.push(
			...validateChoice(
				spec.preemptionPolicy,
				['PreemptLowerPriority', 'Never'],
				`${field}.preemptionPolicy`,
			),
		);
	if (spec.overhead)
		errors.push(...validateResources({ limits: spec.overhead }, new Set(), `${field}.overhead`));
	return [...errors, ...validateOperatingSystem(spec, field)];
}

/** A name that may be left out. */
const validateName = (name: string | undefined, rule: NameRule, field: string): FieldError[] =>
	name ? rule(name).map((fault) => invalidValue(field, name, fault)) : [];

function validateSchedulingGates({ schedulingGates = [] }: PodSpec, field: string): FieldError[] {
	const names = new Set<string>();
	return schedulingGates.flatMap(({ name }, index) => {
		const errors = qualifiedName(name).map((fault) => invalidValue(`${field}[${index}]`, name, fault));
		if (names.has(name)) errors.push(duplicate(`${field}[${index}]`, name));
		names.add(name);
		return errors;
	});
}

/** A pod with users of its own shares no other namespace with its node. */
function validateHostUsers(spec: PodSpec, field: string): FieldError[] {
	if (spec.hostUsers !== false) return [];
	const shared = { hostNetwork: spec.hostNetwork, HostPID: spec.hostPID, HostIPC: spec.hostIPC };
	return Object.entries(shared)
		.filter(([, set]) => set)
		.map(([name]) => forbiddenField(`${field}.${name}`, 'when `pod.Spec.HostUsers` is false'));
}

function validateDnsConfig(spec: PodSpec, field: string): FieldError[] {
	const errors: FieldError[] = [];
	const config = spec.dnsConfig;
	if (spec.dnsPolicy === 'None' && !config)
		return [required(field, 'must provide `dnsConfig` when `dnsPolicy` is None')];
	if (spec.dnsPolicy === 'None' && !config?.nameservers?.length)
		return [
			required(`${field}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None'),
		];
	if ((config?.nameservers?.length ?? 0) > 3)
		errors.push(
			invalidValue(`${field}.nameservers`, config?.nameservers, 'must not have more than 3 nameservers'),
		);
	(config?.nameservers ?? []).forEach((server, index) => {
		errors.push(...validateIp(server, `${field}.nameservers[${index}]`));
	});
	const { searches = [] } = config ?? {};
	if (searches.length > 32)
		errors.push(invalidValue(`${field}.searches`, searches, 'must not have more than 32 search paths'));
	if (searches.join(' ').length > 2048)
		errors.push(
			invalidValue(
				`${field}.searches`,
				searches,
				'must not have more than 2048 characters (including spaces) in the search list',
			),
		);
	searches.forEach((search, index) => {
		const domain = search.replace(/\.$/, '');
		if (search === '.') return;
		for (const fault of underscoredSubdomain(domain))
			errors.push(invalidValue(`${field}.searches[${index}]`, domain, fault));
	});
	(config?.options ?? []).forEach((option, index) => {
		if (!option.name) errors.push(required(`${field}.options[${index}]`, 'must not be empty'));
	});
	return errors;
}

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

function validateTolerations(tolerations: readonly Toleration[], field: string): FieldError[] {
	return tolerations.flatMap((toleration, index) => {
		const at = `${field}[${index}]`;
		const errors: FieldError[] = [];
		const { key, operator = 'Equal', value, effect, tolerationSeconds } = toleration;
		if (key) errors.push(...qualifiedName(key).map((fault) => invalidValue(`${at}.key`, key, fault)));
		else if (operator !== 'Exists')
			errors.push(
				invalidValue(
					`${at}.operator`,
					operator,
					'operator must be Exists when `key` is empty, which means "match all values and all keys"',
				),
			);
		if (tolerationSeconds !== undefined && effect !== 'NoExecute')
			errors.push(
				invalidValue(
					`${at}.effect`,
					effect ?? '',
					"effect must be 'NoExecute' when `tolerationSeconds` is set",
				),
			);
		if (operator === 'Equal') {
			const faults = labelValue(value ?? '');
			if (faults.length > 0) errors.push(invalidValue(`${at}.operator`, value, faults.join(';')));
		} else if (operator === 'Exists') {
			if (value)
				errors.push(invalidValue(`${at}.operator`, value, "value must be empty when `operator` is 'Exists'"));
		} else errors.push(notSupported(`${at}.operator`, operator, ['Equal', 'Exists']));
		if (effect) errors.push(...validateChoice(effect, effects, `${at}.effect`));
		return errors;
	});
}

function validateHostAliases(spec: PodSpec, field: string): FieldError[] {
	return (spec.hostAliases ?? []).flatMap((alias, index) => [
		...(isIpv4(alias.ip) || isIpv6(alias.ip) ? [] : validateIp(alias.ip, `${field}[${index}].ip`)),
		...(alias.hostnames ?? []).flatMap((name, position) =>
			dnsSubdomain(name).map((fault) =>
				invalidValue(`${field}[${index}].hostnames[${position}]`, name, fault),
			),
		),
	]);
}
