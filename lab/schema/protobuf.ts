// Protobuf bodies as kubectl and Go clients send them: `k8s\0`, a runtime.Unknown envelope, and in it the
// object by the tags of types.json (https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding).
import protobuf from 'protobufjs/minimal.js';
import { type Field, type Shape, type StructType, structOfKind, structType, types } from './facts.ts';

/** What does not decode, said as the server says it. */
export class ProtobufError extends Error {}

const magic = [0x6b, 0x38, 0x73, 0x00];

export const isProtobufEnvelope = (data: Uint8Array) => magic.every((byte, index) => data[index] === byte);

/** The object as its JSON would be. Throws ProtobufError. */
export function decodeProtobuf(data: Uint8Array): Record<string, unknown> {
	if (!isProtobufEnvelope(data))
		throw new ProtobufError(
			'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]',
		);
	try {
		let apiVersion = '';
		let kind = '';
		let raw = new Uint8Array();
		eachField(data.subarray(magic.length), (tag, reader) => {
			if (tag === 1)
				eachField(reader.bytes(), (inner, typeMeta) => {
					if (inner === 1) apiVersion = typeMeta.string();
					else if (inner === 2) kind = typeMeta.string();
					else return false;
					return true;
				});
			else if (tag === 2) raw = new Uint8Array(reader.bytes());
			else return false;
			return true;
		});
		const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
		// Options of a request carry the request's own group and version.
		const struct = structOfKind(group, version, kind) ?? optionsType(kind);
		if (!struct)
			throw new ProtobufError(
				`no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`,
			);
		return { apiVersion, kind, ...decodeMessage(raw, struct) };
	} catch (error) {
		if (error instanceof ProtobufError) throw error;
		throw new ProtobufError(`the protobuf body is damaged: ${(error as Error).message}`);
	}
}

function optionsType(kind: string): StructType | undefined {
	const name = `io.k8s.apimachinery.pkg.apis.meta.v1.${kind}`;
	return types[name]?.fields ? structType(name) : undefined;
}

type Reader = protobuf.Reader;

/** Reads a message's fields; what `read` does not take (it gives false) is skipped. */
function eachField(data: Uint8Array, read: (tag: number, reader: Reader) => boolean): void {
	const reader = protobuf.Reader.create(data);
	while (reader.pos < reader.len) {
		const key = reader.uint32();
		if (!read(key >>> 3, reader)) reader.skipType(key & 7);
	}
}

/** How a message's tags are read: fields of its own, and messages that Go embeds and JSON shows inlined. */
interface MessagePlan {
	fields: Map<number, Field>;
	inlined: Map<number, MessagePlan>;
}

const plans = new Map<StructType, MessagePlan>();

function planOf(struct: StructType): MessagePlan {
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
			const field = [...struct.fields.values()].find(
				(each) => each.name.toLowerCase() === name.toLowerCase(),
			);
			if (field) plan.fields.set(only.pb, field);
		}
	}
	return plan;
}

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

function decodeMessage(data: Uint8Array, struct: StructType): Record<string, unknown> {
	const object: Record<string, unknown> = {};
	decodeInto(object, data, planOf(struct));
	return object;
}

function decodeInto(object: Record<string, unknown>, data: Uint8Array, plan: MessagePlan): void {
	eachField(data, (tag, reader) => {
		const inlined = plan.inlined.get(tag);
		if (inlined) {
			decodeInto(object, reader.bytes(), inlined);
			return true;
		}
		const field = plan.fields.get(tag);
		if (!field) return false;
		const { name, shape } = field;
		if (shape.kind === 'array') {
			object[name] ??= [];
			(object[name] as unknown[]).push(decodeValue(reader, shape.element));
		} else if (shape.kind === 'map') {
			object[name] ??= {};
			decodeEntry(object[name] as Record<string, unknown>, reader.bytes(), shape.element);
		} else object[name] = decodeValue(reader, shape);
		return true;
	});
}

function decodeEntry(map: Record<string, unknown>, data: Uint8Array, shape: Shape): void {
	let key = '';
	let value: unknown;
	eachField(data, (tag, reader) => {
		if (tag === 1) key = reader.string();
		else if (tag === 2) value = decodeValue(reader, shape);
		else return false;
		return true;
	});
	map[key] = value ?? (shape.kind === 'string' || shape.kind === 'bytes' ? '' : null);
}

const numberOf = (long: unknown) => Number(String(long));

function decodeValue(reader: Reader, shape: Shape): unknown {
	switch (shape.kind) {
		case 'string':
			return reader.string();
		case 'boolean':
			return reader.bool();
		case 'integer':
			return shape.bits === 32 ? reader.int32() : numberOf(reader.int64());
		case 'double':
			return reader.double();
		case 'bytes':
			return base64(reader.bytes());
		case 'struct':
			return decodeMessage(reader.bytes(), shape.type);
		case 'time':
		case 'microtime':
			return decodeTime(reader.bytes(), shape.kind === 'microtime');
		case 'quantity':
			return firstField(reader.bytes(), (inner) => inner.string()) ?? '0';
		case 'intOrString':
			return decodeIntOrString(reader.bytes());
		case 'raw': {
			const raw = firstField(reader.bytes(), (inner) => new TextDecoder().decode(inner.bytes()));
			return raw ? JSON.parse(raw) : null;
		}
		case 'array': {
			// A list as a map's value is a message of its own (ExtraValue) with the one field `items`.
			const items: unknown[] = [];
			eachField(reader.bytes(), (inner, list) => {
				if (inner !== 1) return false;
				items.push(decodeValue(list, shape.element));
				return true;
			});
			return items;
		}
		default:
			throw new ProtobufError('maps of maps do not occur in Kubernetes types');
	}
}

function firstField<T>(data: Uint8Array, read: (reader: Reader) => T): T | undefined {
	let found: T | undefined;
	eachField(data, (tag, reader) => {
		if (tag !== 1) return false;
		found = read(reader);
		return true;
	});
	return found;
}

/** An empty message is the zero time, which JSON writes as null. */
function decodeTime(data: Uint8Array, micro: boolean): string | null {
	let seconds = 0;
	let nanos = 0;
	eachField(data, (tag, reader) => {
		if (tag === 1) seconds = numberOf(reader.int64());
		else if (tag === 2) nanos = reader.int32();
		else return false;
		return true;
	});
	if (data.length === 0 || seconds === -62_135_596_800) return null;
	const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
	return micro ? `${whole}.${String(Math.floor(nanos / 1000)).padStart(6, '0')}Z` : `${whole}Z`;
}

function decodeIntOrString(data: Uint8Array): number | string {
	let type = 0;
	let number = 0;
	let text = '';
	eachField(data, (tag, reader) => {
		if (tag === 1) type = numberOf(reader.int64());
		else if (tag === 2) number = reader.int32();
		else if (tag === 3) text = reader.string();
		else return false;
		return true;
	});
	return type === 0 ? number : text;
}

function base64(bytes: Uint8Array): string {
	let binary = '';
	for (const byte of bytes) binary += String.fromCharCode(byte);
	return btoa(binary);
}
