// By which tags a Kubernetes type's protobuf message is read: those of types.json, and of the messages that Go
// embeds (the generated.proto files of k8s.io/api).
import { type Field, type StructType, structType } from './facts.ts';

/** How a message's tags are read: fields of its own, and messages that Go embeds and JSON shows inlined. */
export interface MessagePlan {
	fields: Map<number, Field>;
	inlined: Map<number, MessagePlan>;
}

const plans = new Map<StructType, MessagePlan>();

/** The plan of a struct's message. */
export function planOf(struct: StructType): MessagePlan {
	const known = plans.get(struct);
	if (known) return known;
	const plan: MessagePlan = { fields: new Map(), inlined: new Map() };
	plans.set(struct, plan);
	for (const field of struct.fields.values())
		if (field.fact.pb !== undefined) plan.fields.set(field.fact.pb, field);
	for (const [name, only] of Object.entries(struct.fact.pbOnly ?? {})) {
		const inlined = embeddedPlan(struct, only.type);
		if (inlined) plan.inlined.set(only.pb, inlined);
		else {
			// The protobuf name of a field whose JSON name is written otherwise.
			const field = [...struct.fields.values()].find((each) => letters(each.name) === letters(name));
			if (field) plan.fields.set(only.pb, field);
		}
	}
	return plan;
}

/** `$ref` is `ref` there, and `x-kubernetes-list-type` is `xKubernetesListType`. */
const letters = (name: string) => name.replaceAll(/[^a-z]/gi, '').toLowerCase();

/** Embedded messages that have no OpenAPI definition: the tags of the fields that they inline. */
const embeddedTags: Readonly<Record<string, Readonly<Record<string, number>>>> = {
	ProbeHandler: { exec: 1, httpGet: 2, tcpSocket: 3, grpc: 4 },
	VolumeSource: {
		hostPath: 1,
		emptyDir: 2,
		gcePersistentDisk: 3,
		awsElasticBlockStore: 4,
		gitRepo: 5,
		secret: 6,
		nfs: 7,
		iscsi: 8,
		glusterfs: 9,
		persistentVolumeClaim: 10,
		rbd: 11,
		flexVolume: 12,
		cinder: 13,
		cephfs: 14,
		flocker: 15,
		downwardAPI: 16,
		fc: 17,
		azureFile: 18,
		configMap: 19,
		vsphereVolume: 20,
		quobyte: 21,
		azureDisk: 22,
		photonPersistentDisk: 23,
		portworxVolume: 24,
		scaleIO: 25,
		projected: 26,
		storageos: 27,
		csi: 28,
		ephemeral: 29,
		image: 30,
	},
	PersistentVolumeSource: {
		gcePersistentDisk: 1,
		awsElasticBlockStore: 2,
		hostPath: 3,
		glusterfs: 4,
		nfs: 5,
		rbd: 6,
		iscsi: 7,
		cinder: 8,
		cephfs: 9,
		fc: 10,
		flocker: 11,
		flexVolume: 12,
		azureFile: 13,
		vsphereVolume: 14,
		quobyte: 15,
		azureDisk: 16,
		photonPersistentDisk: 17,
		portworxVolume: 18,
		scaleIO: 19,
		local: 20,
		storageos: 21,
		csi: 22,
	},
	LocalObjectReference: { name: 1 },
	IngressRuleValue: { http: 1 },
	Rule: { apiGroups: 1, apiVersions: 2, resources: 3, scope: 4 },
};

function embeddedPlan(struct: StructType, type: string): MessagePlan | undefined {
	if (type === 'EphemeralContainerCommon') return planOf(structType('io.k8s.api.core.v1.Container'));
	if (type === 'RuleWithOperations')
		return planOf(structType('io.k8s.api.admissionregistration.v1.RuleWithOperations'));
	const tags = embeddedTags[type];
	if (!tags) return undefined;
	const fields = new Map<number, Field>();
	for (const [name, tag] of Object.entries(tags)) {
		const field = struct.fields.get(name);
		if (field) fields.set(tag, field);
	}
	return { fields, inlined: new Map() };
}
