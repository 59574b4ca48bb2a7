// What the server fills in where a pod's spec leaves it out (pkg/apis/core/v1/defaults.go's rules, as the
// API reference documents them). The same for pods and for templates of pods.
import type { Container, PodSpec, PodTemplateSpec, Probe, Volume } from '../../schema/types.ts';

export function setPodTemplateDefaults(template: PodTemplateSpec | undefined): void {
	if (template?.spec) setPodSpecDefaults(template.spec);
}

/** A pod has defaults that a template has not. */
export function setPodDefaults(spec: PodSpec): void {
	setPodSpecDefaults(spec);
	spec.enableServiceLinks ??= true;
	for (const { resources, ports } of [...(spec.initContainers ?? []), ...(spec.containers ?? [])]) {
		if (resources?.limits) resources.requests = { ...resources.limits, ...resources.requests };
		if (spec.hostNetwork) for (const port of ports ?? []) port.hostPort ||= port.containerPort;
	}
}

function setPodSpecDefaults(spec: PodSpec): void {
	spec.dnsPolicy ||= 'ClusterFirst';
	spec.restartPolicy ||= 'Always';
	spec.terminationGracePeriodSeconds ??= 30;
	spec.securityContext ??= {};
	spec.schedulerName ||= 'default-scheduler';
	// serviceAccount is the old name of serviceAccountName; both are kept alike.
	spec.serviceAccountName ||= spec.serviceAccount;
	if (spec.serviceAccountName) spec.serviceAccount = spec.serviceAccountName;
	else delete spec.serviceAccountName;
	for (const volume of spec.volumes ?? []) setVolumeDefaults(volume);
	for (const part of ['initContainers', 'containers', 'ephemeralContainers'] as const)
		for (const container of spec[part] ?? []) setContainerDefaults(container);
	for (const constraint of spec.topologySpreadConstraints ?? []) {
		constraint.nodeAffinityPolicy ??= 'Honor';
		constraint.nodeTaintsPolicy ??= 'Ignore';
	}
}

/** `Always` for a tag that moves, `IfNotPresent` for one that does not. */
export function defaultPullPolicy(image: string): string {
	if (image.includes('@')) return 'IfNotPresent';
	const last = image.slice(image.lastIndexOf('/') + 1);
	const tag = last.includes(':') ? last.slice(last.lastIndexOf(':') + 1) : 'latest';
	return tag === 'latest' ? 'Always' : 'IfNotPresent';
}

function setContainerDefaults(container: Container): void {
	container.imagePullPolicy ||= defaultPullPolicy(container.image ?? '');
	container.terminationMessagePath ||= '/dev/termination-log';
	container.terminationMessagePolicy ||= 'File';
	container.resources ??= {};
	for (const port of container.ports ?? []) port.protocol ||= 'TCP';
	for (const variable of container.env ?? [])
		if (variable.valueFrom?.fieldRef) variable.valueFrom.fieldRef.apiVersion ||= 'v1';
	for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe])
		if (probe) setProbeDefaults(probe);
	for (const hook of [container.lifecycle?.postStart, container.lifecycle?.preStop])
		if (hook?.httpGet) setHttpGetDefaults(hook.httpGet);
}

function setProbeDefaults(probe: Probe): void {
	probe.timeoutSeconds ||= 1;
	probe.periodSeconds ||= 10;
	probe.successThreshold ||= 1;
	probe.failureThreshold ||= 3;
	if (probe.httpGet) setHttpGetDefaults(probe.httpGet);
	if (probe.grpc) probe.grpc.service ??= '';
}

function setHttpGetDefaults(action: { path?: string; scheme?: string }): void {
	action.path ||= '/';
	action.scheme ||= 'HTTP';
}

const volumeSources = [
	'hostPath',
	'emptyDir',
	'gcePersistentDisk',
	'awsElasticBlockStore',
	'gitRepo',
	'secret',
	'nfs',
	'iscsi',
	'glusterfs',
	'persistentVolumeClaim',
	'rbd',
	'flexVolume',
	'cinder',
	'cephfs',
	'flocker',
	'downwardAPI',
	'fc',
	'azureFile',
	'configMap',
	'vsphereVolume',
	'quobyte',
	'azureDisk',
	'photonPersistentDisk',
	'projected',
	'portworxVolume',
	'scaleIO',
	'storageos',
	'csi',
	'ephemeral',
	'image',
] as const satisfies readonly (keyof Volume)[];

/** The sources that a volume names; a right one names one. */
export const sourcesOf = (volume: Volume) => volumeSources.filter((source) => volume[source] !== undefined);

function setVolumeDefaults(volume: Volume): void {
	if (sourcesOf(volume).length === 0) volume.emptyDir = {};
	for (const source of [volume.secret, volume.configMap, volume.downwardAPI, volume.projected])
		if (source) source.defaultMode ??= 0o644;
	if (volume.hostPath) volume.hostPath.type ??= '';
	for (const item of volume.downwardAPI?.items ?? []) if (item.fieldRef) item.fieldRef.apiVersion ||= 'v1';
	for (const source of volume.projected?.sources ?? []) {
		if (source.serviceAccountToken) source.serviceAccountToken.expirationSeconds ??= 3600;
		for (const item of source.downwardAPI?.items ?? []) if (item.fieldRef) item.fieldRef.apiVersion ||= 'v1';
	}
	const claim = volume.ephemeral?.volumeClaimTemplate?.spec;
	if (claim) claim.volumeMode ??= 'Filesystem';
	if (volume.image) volume.image.pullPolicy ||= defaultPullPolicy(volume.image.reference ?? '');
}
