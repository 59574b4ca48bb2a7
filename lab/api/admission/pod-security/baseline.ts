// The baseline of the Pod Security Standards: no known ways to more privileges
// (https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline).
import type { LifecycleHandler, Probe, SELinuxOptions } from '../../../schema/types.ts';
import {
	type Check,
	containersOf,
	distinct,
	hasOwnUsers,
	named,
	type PodTemplate,
	plural,
	quoted,
	setters,
	type Violation,
} from './check.ts';

const capabilities = new Set([
	...['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE'],
	...['SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'],
]);

const sysctls: readonly { since: number; names: readonly string[] }[] = [
	{
		since: 0,
		names: [
			'kernel.shm_rmid_forced',
			'net.ipv4.ip_local_port_range',
			'net.ipv4.tcp_syncookies',
			'net.ipv4.ping_group_range',
			'net.ipv4.ip_unprivileged_port_start',
		],
	},
	{ since: 27, names: ['net.ipv4.ip_local_reserved_ports'] },
	{
		since: 29,
		names: [
			'net.ipv4.tcp_keepalive_time',
			'net.ipv4.tcp_fin_timeout',
			'net.ipv4.tcp_keepalive_intvl',
			'net.ipv4.tcp_keepalive_probes',
		],
	},
	{ since: 32, names: ['net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem'] },
];

const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/';
const profileIsAllowed = (type: string) => type === 'RuntimeDefault' || type === 'Localhost';
const annotationIsAllowed = (profile: string) =>
	profile === '' || profile === 'runtime/default' || profile.startsWith('localhost/');

function appArmor({ metadata, spec }: PodTemplate): Violation | undefined {
	const own = spec.securityContext?.appArmorProfile?.type;
	const badPod = own !== undefined && !profileIsAllowed(own);
	const bad = containersOf(spec).filter(({ securityContext }) => {
		const type = securityContext?.appArmorProfile?.type;
		return type !== undefined && !profileIsAllowed(type);
	});
	const annotations = Object.entries(metadata.annotations ?? {})
		.filter(([key, value]) => key.startsWith(appArmorPrefix) && !annotationIsAllowed(value))
		.map(([key, value]) => `${key}=${JSON.stringify(value)}`)
		.sort();
	const values = [
		...distinct([
			...(badPod ? [own] : []),
			...bad.map(({ securityContext }) => securityContext?.appArmorProfile?.type ?? ''),
		]),
		...annotations,
	];
	const who = [
		setters(badPod, bad),
		annotations.length > 0 ? plural('annotation', annotations.length) : undefined,
	].filter((each) => each !== undefined);
	if (who.length === 0) return undefined;
	return {
		reason: plural('forbidden AppArmor profile', values.length),
		detail: `${who.join(' and ')} must not set AppArmor profile type to ${quoted(values)}`,
	};
}

function addedCapabilities({ spec }: PodTemplate): Violation | undefined {
	const forbidden = (added: readonly string[] = []) => added.filter((name) => !capabilities.has(name));
	const bad = containersOf(spec).filter(
		({ securityContext }) => forbidden(securityContext?.capabilities?.add).length > 0,
	);
	if (bad.length === 0) return undefined;
	const names = bad.flatMap(({ securityContext }) => forbidden(securityContext?.capabilities?.add));
	return {
		reason: 'non-default capabilities',
		detail: `${named(bad)} must not include ${quoted(distinct(names))} in securityContext.capabilities.add`,
	};
}

function hostNamespaces({ spec }: PodTemplate): Violation | undefined {
	const used = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((field) => spec[field]);
	if (used.length === 0) return undefined;
	return { reason: 'host namespaces', detail: used.map((field) => `${field}=true`).join(', ') };
}

function hostPaths({ spec }: PodTemplate): Violation | undefined {
	const bad = (spec.volumes ?? []).filter(({ hostPath }) => hostPath);
	if (bad.length === 0) return undefined;
	return { reason: 'hostPath volumes', detail: named(bad as { name: string }[], 'volume') };
}

function hostPorts({ spec }: PodTemplate): Violation | undefined {
	const bad = containersOf(spec).filter(({ ports = [] }) => ports.some(({ hostPort }) => hostPort));
	if (bad.length === 0) return undefined;
	const ports = distinct(
		bad.flatMap(({ ports: all = [] }) => all.flatMap(({ hostPort }) => (hostPort ? [String(hostPort)] : []))),
	);
	return {
		reason: 'hostPort',
		detail: `${named(bad)} ${bad.length === 1 ? 'uses' : 'use'} ${plural('hostPort', ports.length)} ${ports.join(', ')}`,
	};
}

const hostsOf = (handlers: readonly (Probe | LifecycleHandler | undefined)[]) =>
	handlers.flatMap((handler) => [handler?.httpGet?.host, handler?.tcpSocket?.host]).filter((host) => host);

function hostProbes({ spec }: PodTemplate): Violation | undefined {
	const found = containersOf(spec).map(
		({ name, livenessProbe, readinessProbe, startupProbe, lifecycle }) => ({
			name,
			hosts: hostsOf([
				livenessProbe,
				readinessProbe,
				startupProbe,
				lifecycle?.postStart,
				lifecycle?.preStop,
			]) as string[],
		}),
	);
	const bad = found.filter(({ hosts }) => hosts.length > 0);
	if (bad.length === 0) return undefined;
	const hosts = distinct(bad.flatMap((container) => container.hosts));
	const names = distinct(bad.map(({ name }) => name)).map((name) => ({ name }));
	return {
		reason: 'probe or lifecycle host',
		detail: `${named(names)} ${names.length === 1 ? 'uses' : 'use'} ${plural('probe or lifecycle host', hosts.length)} ${quoted(hosts)}`,
	};
}

function privileged({ spec }: PodTemplate): Violation | undefined {
	const bad = containersOf(spec).filter(({ securityContext }) => securityContext?.privileged);
	if (bad.length === 0) return undefined;
	return { reason: 'privileged', detail: `${named(bad)} must not set securityContext.privileged=true` };
}

export function procMount({ spec }: PodTemplate): Violation | undefined {
	const type = ({ securityContext }: { securityContext?: { procMount?: string } }) =>
		securityContext?.procMount ?? 'Default';
	const bad = containersOf(spec).filter((container) => type(container) !== 'Default');
	if (bad.length === 0) return undefined;
	return {
		reason: 'procMount',
		detail: `${named(bad)} must not set securityContext.procMount to ${quoted(distinct(bad.map(type)))}`,
	};
}

function seLinux({ spec }: PodTemplate, version: number): Violation | undefined {
	const types = ['', 'container_t', 'container_init_t', 'container_kvm_t'];
	if (version >= 31) types.push('container_engine_t');
	const isBad = (options: SELinuxOptions | undefined) =>
		options !== undefined && (!types.includes(options.type ?? '') || options.user || options.role);
	const own = spec.securityContext?.seLinuxOptions;
	const bad = containersOf(spec).filter(({ securityContext }) => isBad(securityContext?.seLinuxOptions));
	const badPod = Boolean(isBad(own));
	const who = setters(badPod, bad);
	if (!who) return undefined;
	const options = [
		...(badPod ? [own] : []),
		...bad.map(({ securityContext }) => securityContext?.seLinuxOptions),
	];
	const badTypes = distinct(options.map((each) => each?.type ?? '').filter((type) => !types.includes(type)));
	const told = [
		...(badTypes.length > 0 ? [`${plural('type', badTypes.length)} ${quoted(badTypes)}`] : []),
		...(options.some((each) => each?.user) ? ['user may not be set'] : []),
		...(options.some((each) => each?.role) ? ['role may not be set'] : []),
	];
	return {
		reason: 'seLinuxOptions',
		detail: `${who} set forbidden securityContext.seLinuxOptions: ${told.join('; ')}`,
	};
}

/** Profiles other than the runtime's own and those of the node. */
export function seccompProfiles({ spec }: PodTemplate): Violation | undefined {
	const own = spec.securityContext?.seccompProfile?.type;
	const badPod = own !== undefined && !profileIsAllowed(own);
	const typeOf = ({ securityContext }: ReturnType<typeof containersOf>[number]) =>
		securityContext?.seccompProfile?.type;
	const bad = containersOf(spec).filter((container) => {
		const type = typeOf(container);
		return type !== undefined && !profileIsAllowed(type);
	});
	const who = setters(badPod, bad);
	if (!who) return undefined;
	const values = distinct([...(badPod ? [own] : []), ...bad.map((container) => typeOf(container) ?? '')]);
	return {
		reason: 'seccompProfile',
		detail: `${who} must not set securityContext.seccompProfile.type to ${quoted(values)}`,
	};
}

function unsafeSysctls({ spec }: PodTemplate, version: number): Violation | undefined {
	const safe = sysctls.filter(({ since }) => version >= since).flatMap(({ names }) => names);
	const bad = (spec.securityContext?.sysctls ?? [])
		.map(({ name }) => name)
		.filter((name) => !safe.includes(name));
	return bad.length > 0 ? { reason: 'forbidden sysctls', detail: bad.join(', ') } : undefined;
}

function windowsHostProcess({ spec }: PodTemplate): Violation | undefined {
	const bad = containersOf(spec).filter(
		({ securityContext }) => securityContext?.windowsOptions?.hostProcess,
	);
	const who = setters(Boolean(spec.securityContext?.windowsOptions?.hostProcess), bad);
	if (!who) return undefined;
	return {
		reason: 'hostProcess',
		detail: `${who} must not set securityContext.windowsOptions.hostProcess=true`,
	};
}

/** In order of their ids, which is the order in which violations are told. */
export const baseline: readonly Check[] = [
	{ id: 'appArmorProfile', since: 0, find: appArmor },
	{ id: 'capabilities_baseline', since: 0, find: addedCapabilities },
	{ id: 'hostNamespaces', since: 0, find: hostNamespaces },
	{ id: 'hostPathVolumes', since: 0, find: hostPaths },
	{ id: 'hostPorts', since: 0, find: hostPorts },
	{ id: 'hostProbesAndHostLifecycle', since: 34, find: hostProbes },
	{ id: 'privileged', since: 0, find: privileged },
	{
		id: 'procMount',
		since: 0,
		find: (pod, version) => (version >= 35 && hasOwnUsers(pod) ? undefined : procMount(pod)),
	},
	{ id: 'seLinuxOptions', since: 0, find: seLinux },
	{ id: 'seccompProfile_baseline', since: 19, find: seccompProfiles },
	{ id: 'sysctls', since: 0, find: unsafeSysctls },
	{ id: 'windowsHostProcess', since: 0, find: windowsHostProcess },
];
