// What the restricted level of the Pod Security Standards asks beyond the baseline
// (https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted).
import { procMount, seccompProfiles } from './baseline.ts';
import {
	type Check,
	containersOf,
	distinct,
	hasOwnUsers,
	isWindows,
	named,
	type PodTemplate,
	plural,
	quoted,
	setters,
	type Violation,
} from './check.ts';

function privilegeEscalation({ spec }: PodTemplate): Violation | undefined {
	const bad = containersOf(spec).filter(
		({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false,
	);
	if (bad.length === 0) return undefined;
	return {
		reason: 'allowPrivilegeEscalation != false',
		detail: `${named(bad)} must set securityContext.allowPrivilegeEscalation=false`,
	};
}

function capabilities({ spec }: PodTemplate): Violation | undefined {
	const containers = containersOf(spec);
	const undropped = containers.filter(
		({ securityContext }) => !securityContext?.capabilities?.drop?.includes('ALL'),
	);
	const addedTo = (container: (typeof containers)[number]) =>
		(container.securityContext?.capabilities?.add ?? []).filter((name) => name !== 'NET_BIND_SERVICE');
	const adding = containers.filter((container) => addedTo(container).length > 0);
	const details = [
		...(undropped.length > 0
			? [`${named(undropped)} must set securityContext.capabilities.drop=["ALL"]`]
			: []),
		...(adding.length > 0
			? [
					`${named(adding)} must not include ${quoted(distinct(adding.flatMap(addedTo)))} in securityContext.capabilities.add`,
				]
			: []),
	];
	return details.length > 0 ? { reason: 'unrestricted capabilities', detail: details.join('; ') } : undefined;
}

const volumeTypes = new Set([
	...['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image', 'persistentVolumeClaim'],
	...['projected', 'secret'],
]);

function volumes({ spec }: PodTemplate): Violation | undefined {
	const typeOf = (volume: object) => Object.keys(volume).find((key) => key !== 'name') ?? 'unknown';
	const bad = (spec.volumes ?? []).filter((volume) => !volumeTypes.has(typeOf(volume)));
	if (bad.length === 0) return undefined;
	const types = distinct(bad.map(typeOf));
	return {
		reason: 'restricted volume types',
		detail: `${named(bad as { name: string }[], 'volume')} ${bad.length === 1 ? 'uses' : 'use'} ${plural('restricted volume type', types.length)} ${quoted(types)}`,
	};
}

function runAsNonRoot({ spec }: PodTemplate): Violation | undefined {
	const reason = 'runAsNonRoot != true';
	const own = spec.securityContext?.runAsNonRoot;
	const containers = containersOf(spec);
	const refusing = containers.filter(({ securityContext }) => securityContext?.runAsNonRoot === false);
	const who = setters(own === false, refusing);
	if (who) return { reason, detail: `${who} must not set securityContext.runAsNonRoot=false` };
	const silent = containers.filter(({ securityContext }) => securityContext?.runAsNonRoot === undefined);
	if (own || silent.length === 0) return undefined;
	return { reason, detail: `pod or ${named(silent)} must set securityContext.runAsNonRoot=true` };
}

function runAsUser({ spec }: PodTemplate): Violation | undefined {
	const bad = containersOf(spec).filter(({ securityContext }) => securityContext?.runAsUser === 0);
	const who = setters(spec.securityContext?.runAsUser === 0, bad);
	return who ? { reason: 'runAsUser=0', detail: `${who} must not set runAsUser=0` } : undefined;
}

function seccomp(pod: PodTemplate): Violation | undefined {
	const wrong = seccompProfiles(pod);
	if (wrong) return wrong;
	const { spec } = pod;
	const silent = containersOf(spec).filter(({ securityContext }) => !securityContext?.seccompProfile);
	if (spec.securityContext?.seccompProfile || silent.length === 0) return undefined;
	return {
		reason: 'seccompProfile',
		detail: `pod or ${named(silent)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
	};
}

/** From a version on, a check that does not hold where it makes no sense. */
const unless =
	(since: number, exempt: (pod: PodTemplate) => boolean, find: (pod: PodTemplate) => Violation | undefined) =>
	(pod: PodTemplate, version: number) =>
		version >= since && exempt(pod) ? undefined : find(pod);

/** In order of their ids. */
export const restricted: readonly Check[] = [
	{ id: 'allowPrivilegeEscalation', since: 8, find: unless(25, isWindows, privilegeEscalation) },
	{
		id: 'capabilities_restricted',
		since: 22,
		overrides: ['capabilities_baseline'],
		find: unless(25, isWindows, capabilities),
	},
	{ id: 'procMount_restricted', since: 35, overrides: ['procMount'], find: procMount },
	{ id: 'restrictedVolumes', since: 0, overrides: ['hostPathVolumes'], find: volumes },
	{ id: 'runAsNonRoot', since: 0, find: unless(35, hasOwnUsers, runAsNonRoot) },
	{ id: 'runAsUser', since: 23, find: unless(35, hasOwnUsers, runAsUser) },
	{
		id: 'seccompProfile_restricted',
		since: 19,
		overrides: ['seccompProfile_baseline'],
		find: unless(25, isWindows, seccomp),
	},
];
