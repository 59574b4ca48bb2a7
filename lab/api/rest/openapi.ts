import { loadDescriptions } from '../../schema/descriptions/descriptions.ts';
import { groupVersionDocument } from '../../schema/openapi.ts';
import { openApiV2Document } from '../../schema/openapi-v2.ts';
import { encodeOpenApiV2, openApiV2MediaType } from '../../schema/openapi-v2-protobuf.ts';
import type { ApiRequest, ApiResponse } from '../http.ts';
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

/** The OpenAPI v2 document, as JSON or as protobuf, whichever is asked for. */
export async function openApiVersion2(registry: ResourceRegistry, request: ApiRequest): Promise<ApiResponse> {
	const document = openApiV2Document(registry.all, await loadDescriptions());
	const inProtobuf = /proto-openapi\.spec\.v2[.@]v1\.0\+protobuf/.test(request.headers.accept ?? '');
	return inProtobuf
		? { status: 200, headers: { 'content-type': openApiV2MediaType }, body: encodeOpenApiV2(document) }
		: { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(document) };
}
