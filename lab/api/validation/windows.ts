// What is for Windows nodes alone, and what of the rest a pod for one system may say.
import type { PodSpec, SecurityContext, WindowsSecurityContextOptions } from '../../schema/types.ts';
import { type FieldError, forbiddenField, invalidValue, notSupported, required } from '../field-errors.ts';
import { dnsSubdomain } from './names.ts';

const kibibyte = 1024;
const credentialSpecLimit = 64 * kibibyte;

export function validateWindowsOptions(
	options: WindowsSecurityContextOptions | undefined,
	field: string,
): FieldError[] {
	if (!options) return [];
	const errors: FieldError[] = [];
	const { gmsaCredentialSpecName: name, gmsaCredentialSpec: spec, runAsUserName: user } = options;
	if (name !== undefined)
		for (const fault of dnsSubdomain(name))
			errors.push(invalidValue(`${field}.gmsaCredentialSpecName`, name, fault));
	if (spec === '')
		errors.push(
			invalidValue(`${field}.gmsaCredentialSpec`, spec, 'gmsaCredentialSpec cannot be an empty string'),
		);
	else if (spec !== undefined && spec.length > credentialSpecLimit)
		errors.push(
			invalidValue(`${field}.gmsaCredentialSpec`, spec, 'gmsaCredentialSpec size must be under 64 KiB'),
		);
	if (user !== undefined)
		for (const fault of userFaults(user))
			errors.push(invalidValue(`${field}.runAsUserName`, user, `runAsUserName${fault}`));
	return errors;
}

const label = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?';
const domainNames = [/^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/, new RegExp(`^${label}(?:\\.${label})*$`)];

/** What is wrong with `DOMAIN\USER` or `USER`, as it follows the field's name. */
function userFaults(name: string): string[] {
	if (name === '') return [' cannot be an empty string'];
	if (/\p{Cc}/u.test(name)) return [' cannot contain control characters'];
	const parts = name.split('\\');
	if (parts.length > 2) return [' cannot contain more than one backslash'];
	const domain = parts.length === 2 ? parts[0] : undefined;
	const user = parts[parts.length - 1];
	const faults: string[] = [];
	if (domain !== undefined && domain.length >= 256)
		faults.push("'s Domain length must be under 256 characters");
	if (domain !== undefined && !domainNames.some((pattern) => pattern.test(domain)))
		faults.push("'s Domain doesn't match the NetBios nor the DNS format");
	if (user === '') faults.push("'s User cannot be empty");
	else if (user.length > 104) faults.push("'s User length must not be longer than 104 characters");
	if (/^[. ]+$/.test(user)) faults.push("'s User cannot contain only periods or spaces");
	if (/["/\\:;|=,+*?<>@[\]]/.test(user))
		faults.push('\'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]');
	return faults;
}

interface PlacedContext {
	field: string;
	context: SecurityContext;
}

/** The security contexts of all containers, in the server's order. */
const contextsOf = (spec: PodSpec, field: string): PlacedContext[] =>
	(['initContainers', 'containers', 'ephemeralContainers'] as const).flatMap((list) =>
		(spec[list] ?? []).map(({ securityContext = {} }, index) => ({
			field: `${field}.${list}[${index}].securityContext`,
			context: securityContext,
		})),
	);

/** Containers that run as processes of the node: all of a pod's or none. */
export function validateHostProcesses(spec: PodSpec, field: string): FieldError[] {
	const errors: FieldError[] = [];
	const pods = spec.securityContext?.windowsOptions?.hostProcess;
	const contexts = contextsOf(spec, field);
	let count = 0;
	for (const { context, field: at } of contexts) {
		const own = context.windowsOptions?.hostProcess;
		if (pods !== undefined && own !== undefined && pods !== own)
			errors.push(
				invalidValue(
					`${at}.windowsOptions.hostProcess`,
					own,
					`pod hostProcess value must be identical if both are specified, was ${pods}`,
				),
			);
		if (own ?? pods) count++;
	}
	if (count > 0 && count < contexts.length)
		errors.push(
			invalidValue(
				field,
				'',
				'If pod contains any hostProcess containers then all containers must be HostProcess containers',
			),
		);
	if (count > 0 && !spec.hostNetwork)
		errors.push(
			invalidValue(
				`${field}.hostNetwork`,
				false,
				'hostNetwork must be true if pod contains any hostProcess containers',
			),
		);
	return errors;
}

const systems = ['linux', 'windows'];

const linuxPodParts = [
	['appArmorProfile', 'seLinuxOptions'],
	['seccompProfile', 'fsGroup', 'fsGroupChangePolicy', 'sysctls'],
	['runAsUser', 'runAsGroup', 'supplementalGroups', 'supplementalGroupsPolicy', 'seLinuxChangePolicy'],
] as const;
const linuxContainerParts = [
	'appArmorProfile',
	'seLinuxOptions',
	'seccompProfile',
	'capabilities',
	'readOnlyRootFilesystem',
	'privileged',
	'allowPrivilegeEscalation',
	'procMount',
	'runAsUser',
	'runAsGroup',
] as const;

/** What a pod that names its operating system may not say. */
export function validateOperatingSystem(spec: PodSpec, field: string): FieldError[] {
	if (!spec.os) return [];
	const { name } = spec.os;
	if (!name) return [required(`${field}.os.name`, 'cannot be empty')];
	if (!systems.includes(name)) return [notSupported(`${field}.os`, name, systems)];
	return name === 'linux' ? validateLinux(spec, field) : validateWindows(spec, field);
}

const validateLinux = (spec: PodSpec, field: string): FieldError[] =>
	[{ field: `${field}.securityContext`, context: spec.securityContext ?? {} }, ...contextsOf(spec, field)]
		.filter(({ context }) => context.windowsOptions)
		.map(({ field: at }) =>
			forbiddenField(`${at}.windowsOptions`, 'windows options cannot be set for a linux pod'),
		);

function validateWindows(spec: PodSpec, field: string): FieldError[] {
	const refuse = (at: string) => forbiddenField(at, 'cannot be set for a windows pod');
	const { securityContext: context = {} } = spec;
	const [names, files, users] = linuxPodParts.map((parts) =>
		parts
			.filter((part) => context[part] !== undefined)
			.map((part) => refuse(`${field}.securityContext.${part}`)),
	);
	return [
		...names,
		...(spec.hostUsers === undefined ? [] : [refuse(`${field}.hostUsers`)]),
		...(spec.hostPID ? [refuse(`${field}.hostPID`)] : []),
		...(spec.hostIPC ? [refuse(`${field}.hostIPC`)] : []),
		...files,
		...(spec.shareProcessNamespace === undefined ? [] : [refuse(`${field}.shareProcessNamespace`)]),
		...users,
		...contextsOf(spec, field).flatMap(({ field: at, context: own }) =>
			linuxContainerParts.filter((part) => own[part] !== undefined).map((part) => refuse(`${at}.${part}`)),
		),
	];
}
