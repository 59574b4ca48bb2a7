// What a pod's spec may be, in the server's order: volumes, containers, init containers, then the rest.
import type { PodSpec, Toleration } from '../../schema/types.ts';
import { type FieldError, invalidValue, notSupported, required } from '../field-errors.ts';
import { isIpv4, isIpv6, validateIp } from './addresses.ts';
import { validateAffinity } from './affinity.ts';
import { validateContainers } from './containers.ts';
import { validateChoice, validateLabelSelector, validateLabels } from './metadata.ts';
import { dnsLabel, dnsSubdomain, labelValue, qualifiedName } from './names.ts';
import { validateVolumes } from './volumes.ts';

export { validateContainerImages } from './containers.ts';

const restartPolicies = ['Always', 'Never', 'OnFailure'];
const dnsPolicies = ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'];

/** `claims` are volumes that come from elsewhere (a StatefulSet's claim templates). */
export function validatePodSpec(spec: PodSpec, field: string, claims: readonly string[] = []): FieldError[] {
	const volumes = new Set([...(spec.volumes ?? []).map((volume) => volume.name), ...claims]);
	const errors: FieldError[] = [
		...validateVolumes(spec.volumes ?? [], `${field}.volumes`),
		...validateContainers(spec, field, volumes),
		...validateChoice(spec.restartPolicy, restartPolicies, `${field}.restartPolicy`),
		...validateChoice(spec.dnsPolicy, dnsPolicies, `${field}.dnsPolicy`),
		...validateLabels(spec.nodeSelector, `${field}.nodeSelector`),
		...validateSecurityContext(spec, `${field}.securityContext`),
	];
	(spec.imagePullSecrets ?? []).forEach((secret, index) => {
		if (!secret.name) errors.push(required(`${field}.imagePullSecrets[${index}].name`));
	});
	errors.push(...validateAffinity(spec.affinity, `${field}.affinity`));
	errors.push(...validateDnsConfig(spec, `${field}.dnsConfig`));
	errors.push(...validateTolerations(spec.tolerations ?? [], `${field}.tolerations`));
	errors.push(...validateHostAliases(spec, `${field}.hostAliases`));
	errors.push(...validateSpread(spec, `${field}.topologySpreadConstraints`));
	for (const [name, rule] of [
		['serviceAccountName', dnsSubdomain],
		['nodeName', dnsSubdomain],
	] as const)
		if (spec[name])
			errors.push(...rule(spec[name]).map((fault) => invalidValue(`${field}.${name}`, spec[name], fault)));
	const deadline = spec.activeDeadlineSeconds;
	if (deadline !== undefined && (deadline < 1 || deadline > 2 ** 31 - 1))
		errors.push(
			invalidValue(`${field}.activeDeadlineSeconds`, deadline, 'must be between 1 and 2147483647, inclusive'),
		);
	for (const name of ['hostname', 'subdomain'] as const)
		if (spec[name])
			errors.push(
				...dnsLabel(spec[name]).map((fault) => invalidValue(`${field}.${name}`, spec[name], fault)),
			);
	if (spec.priorityClassName)
		for (const fault of dnsSubdomain(spec.priorityClassName))
			errors.push(invalidValue(`${field}.priorityClassName`, spec.priorityClassName, fault));
	(spec.schedulingGates ?? []).forEach((gate, index) => {
		for (const fault of qualifiedName(gate.name))
			errors.push(invalidValue(`${field}.schedulingGates[${index}]`, gate.name, fault));
	});
	return errors;
}

function validateSecurityContext(spec: PodSpec, field: string): FieldError[] {
	const errors: FieldError[] = [];
	for (const name of ['fsGroup', 'runAsUser', 'runAsGroup'] as const) {
		const value = spec.securityContext?.[name];
		if (value !== undefined && (value < 0 || value > 2 ** 31 - 1))
			errors.push(invalidValue(`${field}.${name}`, value, 'must be between 0 and 2147483647, inclusive'));
	}
	if (spec.shareProcessNamespace && spec.hostPID)
		errors.push(
			invalidValue(
				`${field}.shareProcessNamespace`,
				true,
				'ShareProcessNamespace and HostPID cannot both be enabled',
			),
		);
	const policy = spec.securityContext?.fsGroupChangePolicy;
	if (policy !== undefined && policy !== 'Always' && policy !== 'OnRootMismatch')
		errors.push(notSupported(`${field}.fsGroupChangePolicy`, policy, ['Always', 'OnRootMismatch']));
	return errors;
}

function validateDnsConfig(spec: PodSpec, field: string): FieldError[] {
	const errors: FieldError[] = [];
	const config = spec.dnsConfig;
	if (spec.dnsPolicy === 'None' && !config?.nameservers?.length)
		errors.push(
			required(`${field}.nameservers`, `must provide at least one DNS nameserver when \`dnsPolicy\` is None`),
		);
	if ((config?.nameservers?.length ?? 0) > 3)
		errors.push(
			invalidValue(`${field}.nameservers`, config?.nameservers, 'must not have more than 3 nameservers'),
		);
	(config?.nameservers ?? []).forEach((server, index) => {
		errors.push(...validateIp(server, `${field}.nameservers[${index}]`));
	});
	(config?.searches ?? []).forEach((search, index) => {
		if (search === '.') return;
		for (const fault of dnsSubdomain(search.replace(/\.$/, '')))
			errors.push(invalidValue(`${field}.searches[${index}]`, search, fault));
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
		if (operator === 'Equal')
			errors.push(...labelValue(value ?? '').map((fault) => invalidValue(`${at}.operator`, value, fault)));
		else if (operator === 'Exists') {
			if (value)
				errors.push(
					invalidValue(`${at}.operator`, toleration, "value must be empty when `operator` is 'Exists'"),
				);
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

function validateSpread(spec: PodSpec, field: string): FieldError[] {
	return (spec.topologySpreadConstraints ?? []).flatMap((constraint, index) => {
		const at = `${field}[${index}]`;
		const errors: FieldError[] = [];
		if (constraint.maxSkew <= 0)
			errors.push(invalidValue(`${at}.maxSkew`, constraint.maxSkew, 'must be greater than zero'));
		if (!constraint.topologyKey) errors.push(required(`${at}.topologyKey`, 'can not be empty'));
		errors.push(
			...validateChoice(
				constraint.whenUnsatisfiable,
				['DoNotSchedule', 'ScheduleAnyway'],
				`${at}.whenUnsatisfiable`,
			),
		);
		const { minDomains } = constraint;
		if (minDomains !== undefined && minDomains <= 0)
			errors.push(invalidValue(`${at}.minDomains`, minDomains, 'must be greater than zero'));
		if (minDomains !== undefined && constraint.whenUnsatisfiable !== 'DoNotSchedule')
			errors.push(
				invalidValue(
					`${at}.minDomains`,
					minDomains,
					`can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${constraint.whenUnsatisfiable}`,
				),
			);
		return [...errors, ...validateLabelSelector(constraint.labelSelector, `${at}.labelSelector`)];
	});
}
