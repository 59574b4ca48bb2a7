import { loadDescriptions } from '../../schema/descriptions/descriptions.ts';
import { groupVersionDocument } from '../../schema/openapi.ts';
import { openApiV2Document } from '../../schema/openapi-v2.ts';
import type { ResourceRegistry } from '../registry.ts';

const documents = new Map<string, unknown>();

/** The OpenAPI v3 index, or the document of a group version; undefined where the path is neither. */
export async function openApiDocument(registry: ResourceRegistry, path: string): Promise<unknown> {
	const paths = new Map(
		registry.all.map((resource) => [
			resource.group ? `apis/${resource.apiVersion}` : `api/${resource.apiVersion}`,
			resource.apiVersion,
		]),
	);
	if (path === '/openapi/v3')
		return {
			paths: Object.fromEntries(
				[...paths.keys()].map((key) => [key, { serverRelativeURL: `/openapi/v3/${key}` }]),
			),
		};
	const key = path.startsWith('/openapi/v3/') ? path.slice('/openapi/v3/'.length) : '';
	const apiVersion = paths.get(key);
	if (!apiVersion) return undefined;
	const served = registry.all.filter((resource) => resource.apiVersion === apiVersion);
	// What is built in is the same for every server and all its time.
	const lasts = !served.some(({ openApiSchema }) => openApiSchema);
	const known = lasts ? documents.get(key) : undefined;
	if (known) return known;
	const document = groupVersionDocument(`/${key}`, served, await loadDescriptions());
	if (lasts) documents.set(key, document);
	return document;
}

let version2: Uint8Array | undefined;

/** The OpenAPI v2 document, in protobuf; custom resources are told in v3 alone. */
export async function openApiVersion2(registry: ResourceRegistry): Promise<Uint8Array> {
	const builtIn = registry.all.filter(({ openApiSchema }) => !openApiSchema);
	version2 ??= openApiV2Document(builtIn, await loadDescriptions());
	return version2;
}
