// /v1/status, /v1/catalog and /v1/health: what the servers know of nodes and services.
import type { CatalogNode, CatalogService, HealthCheck } from '../server/state.ts';
import { type ApiCall, indexHeaders, type Route } from './route.ts';

export interface NodeEntry {
	ID: string;
	Node: string;
	Address: string;
	Datacenter: string;
	TaggedAddresses: Record<string, string>;
	Meta: Record<string, string>;
	CreateIndex: number;
	ModifyIndex: number;
}

function nodeEntry(
	{ id, name, address, meta, createIndex, modifyIndex }: CatalogNode,
	datacenter: string,
): NodeEntry {
	return {
		ID: id,
		Node: name,
		Address: address,
		Datacenter: datacenter,
		TaggedAddresses: { lan: address, lan_ipv4: address, wan: address, wan_ipv4: address },
		Meta: meta,
		CreateIndex: createIndex,
		ModifyIndex: modifyIndex,
	};
}

function checkEntry(check: HealthCheck): Record<string, unknown> {
	return {
		Node: check.node,
		CheckID: check.checkId,
		Name: check.name,
		Status: check.status,
		Notes: '',
		Output: check.output,
		ServiceID: '',
		ServiceName: '',
		ServiceTags: [],
		Type: '',
		CreateIndex: check.createIndex,
		ModifyIndex: check.modifyIndex,
	};
}

async function nodesOf(call: ApiCall): Promise<{ index: number; nodes: CatalogNode[] }> {
	return (await call.call('Catalog.ListNodes', {})) as { index: number; nodes: CatalogNode[] };
}

async function servicesOf(call: ApiCall): Promise<{ index: number; services: CatalogService[] }> {
	return (await call.call('Catalog.ListServices', {})) as { index: number; services: CatalogService[] };
}

async function checkOf(call: ApiCall, node: string): Promise<{ index: number; check: HealthCheck | null }> {
	return (await call.call('Health.NodeChecks', { node })) as { index: number; check: HealthCheck | null };
}

export const catalogRoutes: readonly Route[] = [
	{
		method: 'GET',
		path: '/v1/status/leader',
		answer: async ({ call }) => ({ json: await call('Status.Leader', {}) }),
	},
	{
		method: 'GET',
		path: '/v1/status/peers',
		answer: async ({ call }) => ({ json: await call('Status.Peers', {}) }),
	},
	{
		method: 'GET',
		path: '/v1/catalog/nodes',
		async answer(call) {
			const { index, nodes } = await nodesOf(call);
			const { datacenter } = call.agent.configuration;
			return { json: nodes.map((node) => nodeEntry(node, datacenter)), headers: indexHeaders(index) };
		},
	},
	{
		method: 'GET',
		path: '/v1/catalog/datacenters',
		answer: ({ agent }) => ({ json: [agent.configuration.datacenter] }),
	},
	{
		method: 'GET',
		path: '/v1/catalog/services',
		async answer(call) {
			const { index, services } = await servicesOf(call);
			const json: Record<string, string[]> = {};
			for (const { name, tags } of services) json[name] = [...new Set([...(json[name] ?? []), ...tags])];
			return { json, headers: indexHeaders(index) };
		},
	},
	{
		method: 'GET',
		path: '/v1/catalog/service/',
		async answer(call) {
			const { index, services } = await servicesOf(call);
			const { nodes } = await nodesOf(call);
			const json = services
				.filter(({ name }) => name === call.rest)
				.flatMap(({ node, id, name, port, tags }) => {
					const found = nodes.find((each) => each.name === node);
					if (!found) return [];
					const entry = nodeEntry(found, call.agent.configuration.datacenter);
					return {
						...entry,
						ServiceID: id,
						ServiceName: name,
						ServiceTags: tags,
						ServiceAddress: '',
						ServicePort: port,
					};
				});
			return { json, headers: indexHeaders(index) };
		},
	},
	{
		method: 'GET',
		path: '/v1/health/node/',
		async answer(call) {
			const { index, check } = await checkOf(call, call.rest);
			return { json: check ? [checkEntry(check)] : [], headers: indexHeaders(index) };
		},
	},
	{
		method: 'GET',
		path: '/v1/health/state/',
		async answer(call) {
			const { index, nodes } = await nodesOf(call);
			const checks: HealthCheck[] = [];
			for (const { name } of nodes) {
				const { check } = await checkOf(call, name);
				if (check && (call.rest === 'any' || check.status === call.rest)) checks.push(check);
			}
			return { json: checks.map(checkEntry), headers: indexHeaders(index) };
		},
	},
];
