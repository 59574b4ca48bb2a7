// A container's environment: services, envFrom, env, in this order, each seeing what comes before it.

import type { Client } from '../api/client.ts';
import { decodeBase64 } from '../base64.ts';
import type {
	ConfigMap,
	Container,
	EnvFromSource,
	EnvVarSource,
	Node,
	Pod,
	Secret,
	Service,
} from '../schema/types.ts';
import { containerResource, podField } from './downward-api.ts';
import { expand } from './expansion.ts';

const decodeText = (base64: string) => new TextDecoder().decode(decodeBase64(base64));

/** Throws where a required ConfigMap, Secret or key is missing, in the kubelet's words. */
export function environmentOf(client: Client, pod: Pod, container: Container): Map<string, string> {
	const environment = serviceVariables(client, pod);
	for (const source of container.envFrom ?? [])
		for (const [key, value] of entriesOf(client, pod, source))
			environment.set(`${source.prefix ?? ''}${key}`, value);
	for (const { name, value, valueFrom } of container.env ?? []) {
		const found = valueFrom
			? referencedValue(client, pod, container, valueFrom)
			: expand(value ?? '', environment);
		if (found !== undefined) environment.set(name, found);
	}
	return environment;
}

function entriesOf(client: Client, pod: Pod, { configMapRef, secretRef }: EnvFromSource): [string, string][] {
	const { namespace } = pod.metadata;
	if (configMapRef) {
		const map = client.get<ConfigMap>('configmaps', namespace, configMapRef.name ?? '');
		if (!map && !configMapRef.optional) throw new Error(`configmap "${configMapRef.name}" not found`);
		return Object.entries(map?.data ?? {});
	}
	if (!secretRef) return [];
	const secret = client.get<Secret>('secrets', namespace, secretRef.name ?? '');
	if (!secret && !secretRef.optional) throw new Error(`secret "${secretRef.name}" not found`);
	return Object.entries(secret?.data ?? {}).map(([key, value]) => [key, decodeText(value)]);
}

/** Undefined where the source is optional and missing. */
function referencedValue(
	client: Client,
	pod: Pod,
	container: Container,
	source: EnvVarSource,
): string | undefined {
	const { namespace } = pod.metadata;
	const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = source;
	if (fieldRef) return podField(pod, fieldRef.fieldPath);
	if (resourceFieldRef) {
		const node = client.get<Node>('nodes', '', pod.spec.nodeName ?? '');
		return containerResource(pod, node, resourceFieldRef, container.name);
	}
	if (configMapKeyRef) {
		const { name = '', key, optional } = configMapKeyRef;
		const map = client.get<ConfigMap>('configmaps', namespace, name);
		if (map?.data?.[key] !== undefined) return map.data[key];
		if (optional) return undefined;
		throw new Error(
			map ? `couldn't find key ${key} in ConfigMap ${namespace}/${name}` : `configmap "${name}" not found`,
		);
	}
	if (!secretKeyRef) return undefined;
	const { name = '', key, optional } = secretKeyRef;
	const secret = client.get<Secret>('secrets', namespace, name);
	if (secret?.data?.[key] !== undefined) return decodeText(secret.data[key]);
	if (optional) return undefined;
	throw new Error(
		secret ? `couldn't find key ${key} in Secret ${namespace}/${name}` : `secret "${name}" not found`,
	);
}

/** WEB_SERVICE_HOST and its like, for the pod's namespace, and always for the API server. */
function serviceVariables(client: Client, pod: Pod): Map<string, string> {
	const { namespace } = pod.metadata;
	const variables = new Map<string, string>();
	const api = client.get<Service>('services', 'default', 'kubernetes');
	if (api) addServiceVariables(variables, api);
	if (pod.spec.enableServiceLinks === false) return variables;
	for (const service of client.list<Service>('services', namespace)) addServiceVariables(variables, service);
	return variables;
}

function addServiceVariables(variables: Map<string, string>, { metadata, spec }: Service): void {
	const { clusterIP, ports = [] } = spec;
	if (!clusterIP || clusterIP === 'None' || ports.length === 0) return;
	const upper = (name: string) => name.toUpperCase().replaceAll('-', '_');
	const prefix = upper(metadata.name);
	const [first] = ports;
	const url = (port: { port: number; protocol?: string }) =>
		`${(port.protocol ?? 'TCP').toLowerCase()}://${clusterIP}:${port.port}`;
	variables.set(`${prefix}_SERVICE_HOST`, clusterIP);
	variables.set(`${prefix}_SERVICE_PORT`, String(first.port));
	for (const { name, port } of ports)
		if (name) variables.set(`${prefix}_SERVICE_PORT_${upper(name)}`, String(port));
	variables.set(`${prefix}_PORT`, url(first));
	for (const port of ports) {
		const protocol = port.protocol ?? 'TCP';
		const one = `${prefix}_PORT_${port.port}_${protocol}`;
		variables.set(one, url(port));
		variables.set(`${one}_PROTO`, protocol.toLowerCase());
		variables.set(`${one}_PORT`, String(port.port));
		variables.set(`${one}_ADDR`, clusterIP);
	}
}
