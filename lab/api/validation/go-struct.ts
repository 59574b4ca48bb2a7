// Objects as the server's own structs, which differ from the API's in the order and the names of some fields:
// where it shows what has changed in an object, it shows those (k8s.io/kubernetes/pkg/apis/core/types.go).
import { type Field, type Shape, type StructType, structType } from '../../schema/facts.ts';
import type { PodSpec } from '../../schema/types.ts';

type Values = Record<string, unknown>;

/** Fields in the struct's order, where it is not that of the protobuf's numbers. */
const orders: Readonly<Record<string, string>> = {
	PodSpec:
		'volumes initContainers containers ephemeralContainers restartPolicy terminationGracePeriodSeconds activeDeadlineSeconds dnsPolicy nodeSelector serviceAccountName automountServiceAccountToken nodeName securityContext imagePullSecrets hostname subdomain setHostnameAsFQDN affinity schedulerName tolerations hostAliases priorityClassName priority preemptionPolicy dnsConfig readinessGates runtimeClassName overhead enableServiceLinks topologySpreadConstraints os schedulingGates resourceClaims resources hostnameOverride',
	Container:
		'name image command args workingDir ports envFrom env resources resizePolicy restartPolicy restartPolicyRules volumeMounts volumeDevices livenessProbe readinessProbe startupProbe lifecycle terminationMessagePath terminationMessagePolicy imagePullPolicy securityContext stdin stdinOnce tty targetContainerName',
	SecurityContext:
		'capabilities privileged seLinuxOptions windowsOptions runAsUser runAsGroup runAsNonRoot readOnlyRootFilesystem allowPrivilegeEscalation procMount seccompProfile appArmorProfile',
	PodSecurityContext:
		'seLinuxOptions windowsOptions runAsUser runAsGroup runAsNonRoot supplementalGroups supplementalGroupsPolicy fsGroup fsGroupChangePolicy sysctls seccompProfile appArmorProfile seLinuxChangePolicy',
	Volume:
		'name hostPath emptyDir gcePersistentDisk awsElasticBlockStore gitRepo secret nfs iscsi glusterfs persistentVolumeClaim rbd quobyte flexVolume cinder cephfs flocker downwardAPI fc azureFile configMap vsphereVolume azureDisk photonPersistentDisk projected portworxVolume scaleIO storageos csi ephemeral image',
	VolumeMount: 'name readOnly recursiveReadOnly mountPath subPath mountPropagation subPathExpr',
	Probe:
		'exec httpGet tcpSocket grpc initialDelaySeconds timeoutSeconds periodSeconds successThreshold failureThreshold terminationGracePeriodSeconds',
	EnvFromSource: 'prefix configMapRef secretRef',
	PersistentVolumeClaimSpec:
		'accessModes selector resources volumeName storageClassName volumeMode dataSource dataSourceRef volumeAttributesClassName',
	VolumeResourceRequirements: 'limits requests',
};
const orderOf = (name: string) => orders[name === 'EphemeralContainer' ? 'Container' : name]?.split(' ');

/** Parts of names that Go writes in its own way. */
const initialisms: Readonly<Record<string, string>> = {
	apiGroup: 'APIGroup',
	apiVersion: 'APIVersion',
	awsElasticBlockStore: 'AWSElasticBlockStore',
	cephfs: 'CephFS',
	csi: 'CSI',
	dnsConfig: 'DNSConfig',
	dnsPolicy: 'DNSPolicy',
	fc: 'FC',
	fsGroup: 'FSGroup',
	fsGroupChangePolicy: 'FSGroupChangePolicy',
	fsType: 'FSType',
	gcePersistentDisk: 'GCEPersistentDisk',
	grpc: 'GRPC',
	httpGet: 'HTTPGet',
	httpHeaders: 'HTTPHeaders',
	ip: 'IP',
	iscsi: 'ISCSI',
	nfs: 'NFS',
	os: 'OS',
	rbd: 'RBD',
	seLinuxChangePolicy: 'SELinuxChangePolicy',
	seLinuxOptions: 'SELinuxOptions',
	storageos: 'StorageOS',
	tcpSocket: 'TCPSocket',
	tty: 'TTY',
};

const goName = (name: string) => initialisms[name] ?? name[0].toUpperCase() + name.slice(1);

/** A value of one of an API's structs, by the struct's name. */
export const asGoStruct = (name: string, value: object, api: 'core' | 'apps' = 'core'): Values =>
	structValue(structType(`io.k8s.api.${api}.v1.${name}`), value as Values);

/** A pod's spec; the server keeps what it shares with its node in its security context. */
export function podSpecAsGoStruct(spec: PodSpec): Values {
	const struct = asGoStruct('PodSpec', spec);
	const { hostNetwork, hostPID, hostIPC, shareProcessNamespace, hostUsers } = spec;
	return {
		...struct,
		SecurityContext: {
			HostNetwork: hostNetwork ?? false,
			HostPID: hostPID ?? false,
			HostIPC: hostIPC ?? false,
			ShareProcessNamespace: shareProcessNamespace ?? null,
			HostUsers: hostUsers ?? null,
			...(struct.SecurityContext as Values | null),
		},
	};
}

function structValue(struct: StructType, value: Values): Values {
	return Object.fromEntries(
		fieldsOf(struct).map((field) => [goName(field.name), fieldValue(field, value[field.name])]),
	);
}

function fieldsOf({ goName: name, fields }: StructType): Field[] {
	const order = orderOf(name);
	if (order) return order.flatMap((each) => fields.get(each) ?? []);
	return [...fields.values()].sort((a, b) => (a.fact.pb ?? 0) - (b.fact.pb ?? 0));
}

function fieldValue({ shape, pointer }: Field, value: unknown): unknown {
	if (value !== undefined && value !== null) return shapeValue(shape, value);
	return pointer ? null : zeroOf(shape);
}

function shapeValue(shape: Shape, value: unknown): unknown {
	switch (shape.kind) {
		case 'struct':
			// The parts that all APIs share are written as they are.
			return shape.type.name.startsWith('io.k8s.api.') ? structValue(shape.type, value as Values) : value;
		case 'array':
			return (value as unknown[]).map((element) => shapeValue(shape.element, element));
		case 'map':
			return Object.fromEntries(
				Object.entries(value as Values)
					.sort(([a], [b]) => (a < b ? -1 : 1))
					.map(([key, element]) => [key, shapeValue(shape.element, element)]),
			);
		default:
			return value;
	}
}

function zeroOf(shape: Shape): unknown {
	switch (shape.kind) {
		case 'string':
			return '';
		case 'boolean':
			return false;
		case 'integer':
		case 'double':
		case 'intOrString':
			return 0;
		case 'quantity':
			return '0';
		case 'struct':
			return structValue(shape.type, {});
		default:
			return null;
	}
}
