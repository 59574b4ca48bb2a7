// With what rights a pod and its containers may ask to run.
import type {
	AppArmorProfile,
	PodSecurityContext,
	PodSpec,
	SeccompProfile,
	SecurityContext,
} from '../../schema/types.ts';
import {
	duplicate,
	type FieldError,
	invalidValue,
	notSupported,
	required,
	tooLong,
} from '../field-errors.ts';
import { asGoStruct } from './go-struct.ts';
import { validateDescendingPath } from './paths.ts';
import { validateWindowsOptions } from './windows.ts';

function validateId(id: number | undefined, field: string): FieldError[] {
	if (id === undefined || (id >= 0 && id <= 2 ** 31 - 1)) return [];
	return [invalidValue(field, id, 'must be between 0 and 2147483647, inclusive')];
}

const validateOption = (
	value: string | undefined,
	options: readonly string[],
	field: string,
): FieldError[] =>
	value === undefined || options.includes(value) ? [] : [notSupported(field, value, options)];

/** `field` is the security context's own. */
export function validatePodSecurityContext(spec: PodSpec, field: string): FieldError[] {
	const context: PodSecurityContext = spec.securityContext ?? {};
	const errors = [
		...validateId(context.fsGroup, `${field}.fsGroup`),
		...validateId(context.runAsUser, `${field}.runAsUser`),
		...validateId(context.runAsGroup, `${field}.runAsGroup`),
		...(context.supplementalGroups ?? []).flatMap((group, index) =>
			validateId(group, `${field}.supplementalGroups[${index}]`),
		),
	];
	if (spec.shareProcessNamespace && spec.hostPID)
		errors.push(
			invalidValue(
				`${field}.shareProcessNamespace`,
				true,
				'ShareProcessNamespace and HostPID cannot both be enabled',
			),
		);
	return [
		...errors,
		...validateSysctls(spec, `${field}.sysctls`),
		...validateOption(
			context.fsGroupChangePolicy,
			['Always', 'OnRootMismatch'],
			`${field}.fsGroupChangePolicy`,
		),
		...validateSeccompProfile(context.seccompProfile, `${field}.seccompProfile`),
		...validateWindowsOptions(context.windowsOptions, `${field}.windowsOptions`),
		...validateAppArmorProfile(context.appArmorProfile, `${field}.appArmorProfile`),
		...validateOption(
			context.supplementalGroupsPolicy,
			['Merge', 'Strict'],
			`${field}.supplementalGroupsPolicy`,
		),
		...validateOption(
			context.seLinuxChangePolicy,
			['MountOption', 'Recursive'],
			`${field}.seLinuxChangePolicy`,
		),
	];
}

const sysctlName = '([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const sysctlPattern = new RegExp(`^${sysctlName}$`);

function validateSysctls({ securityContext, hostNetwork, hostIPC }: PodSpec, field: string): FieldError[] {
	const names = new Set<string>();
	return (securityContext?.sysctls ?? []).flatMap(({ name }, index) => {
		const at = `${field}[${index}].name`;
		const errors: FieldError[] = [];
		if (!name) errors.push(required(at));
		else if (name.length > 253 || !sysctlPattern.test(name))
			errors.push(invalidValue(at, name, `must have at most 253 characters and match regex ^${sysctlName}$`));
		else if (names.has(name)) errors.push(duplicate(at, name));
		names.add(name);
		// Written with dots or with slashes.
		const dotted = name.replaceAll('/', '.');
		if (hostNetwork && dotted.startsWith('net.'))
			errors.push(invalidValue(at, name, "may not be specified when 'hostNetwork' is true"));
		else if (hostIPC && /^(kernel\.shm|kernel\.msg|kernel\.sem$|fs\.mqueue\.)/.test(dotted))
			errors.push(invalidValue(at, name, "may not be specified when 'hostIPC' is true"));
		return errors;
	});
}

const profileTypes = ['Localhost', 'RuntimeDefault', 'Unconfined'];

function validateSeccompProfile(profile: SeccompProfile | undefined, field: string): FieldError[] {
	if (!profile) return [];
	const { type, localhostProfile } = profile;
	const errors: FieldError[] = [];
	if (!type) errors.push(required(`${field}.type`, 'type is required when seccompProfile is set'));
	else errors.push(...validateOption(type, profileTypes, `${field}.type`));
	const at = `${field}.localhostProfile`;
	if (type === 'Localhost' && localhostProfile === undefined)
		errors.push(required(at, 'must be set when seccomp type is Localhost'));
	else if (type === 'Localhost') errors.push(...validateDescendingPath(localhostProfile ?? '', at));
	else if (localhostProfile !== undefined)
		errors.push(
			invalidValue(
				at,
				asGoStruct('SeccompProfile', profile),
				'can only be set when seccomp type is Localhost',
			),
		);
	return errors;
}

/** Bytes: a path's most, without its end. */
const longestProfile = 4095;

function validateAppArmorProfile(profile: AppArmorProfile | undefined, field: string): FieldError[] {
	if (!profile) return [];
	const { type, localhostProfile: name } = profile;
	const at = `${field}.localhostProfile`;
	if (!type) return [required(`${field}.type`, 'type is required when appArmorProfile is set')];
	if (!profileTypes.includes(type)) return [notSupported(`${field}.type`, type, profileTypes)];
	if (type !== 'Localhost')
		return name === undefined
			? []
			: [invalidValue(at, name, 'can only be set when AppArmor type is Localhost')];
	const errors: FieldError[] = [];
	if (name !== undefined && name !== name.trim())
		errors.push(invalidValue(at, name, 'must not be padded with whitespace'));
	else if (!name) errors.push(required(at, 'must be set when AppArmor type is Localhost'));
	if ((name ?? '').length > longestProfile) errors.push(tooLong(at, longestProfile));
	return errors;
}

/** `hostUsers` tells whether the pod's users are those of its node. */
export function validateSecurityContext(
	context: SecurityContext | undefined,
	hostUsers: boolean,
	field: string,
): FieldError[] {
	if (!context) return [];
	const errors = [
		...validateId(context.runAsUser, `${field}.runAsUser`),
		...validateId(context.runAsGroup, `${field}.runAsGroup`),
		...validateOption(context.procMount, ['Default', 'Unmasked'], `${field}.procMount`),
	];
	if (hostUsers && context.procMount === 'Unmasked')
		errors.push(
			invalidValue(`${field}.procMount`, context.procMount, '`hostUsers` must be false to use `Unmasked`'),
		);
	errors.push(...validateSeccompProfile(context.seccompProfile, `${field}.seccompProfile`));
	if (context.allowPrivilegeEscalation === false) {
		const refuse = (what: string) =>
			invalidValue(
				field,
				asGoStruct('SecurityContext', context),
				`cannot set \`allowPrivilegeEscalation\` to false and ${what}`,
			);
		if (context.privileged) errors.push(refuse('`privileged` to true'));
		if (context.capabilities?.add?.includes('CAP_SYS_ADMIN'))
			errors.push(refuse('`capabilities.Add` CAP_SYS_ADMIN'));
	}
	return [
		...errors,
		...validateWindowsOptions(context.windowsOptions, `${field}.windowsOptions`),
		...validateAppArmorProfile(context.appArmorProfile, `${field}.appArmorProfile`),
	];
}
