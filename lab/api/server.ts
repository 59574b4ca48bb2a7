// The API server as one object: requests from outside by `http`, the lab's own parts by `client`.
import type { Attributes } from '../auth/access.ts';
import { authenticate } from '../auth/authentication.ts';
import { createAuthorizer } from '../auth/authorizer.ts';
import { impersonate } from '../auth/impersonation.ts';
import { storeDefaultPolicy } from '../auth/rbac/defaults/policy.ts';
import { attributesOf, forbiddenRequest } from '../auth/request-attributes.ts';
import {
	createServiceAccountTokens,
	issuer,
	type ServiceAccountTokens,
} from '../auth/service-account-tokens.ts';
import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import { inBackground } from '../report-fault.ts';
import { formatTime } from '../schema/time.ts';
import { Store, type StoreContent } from '../store/store.ts';
import { policiesKey } from './admission/validating-admission-policy.ts';
import type { Client } from './client.ts';
import { followDefinitions } from './custom-resources/definitions.ts';
import { ApiError, internalError, methodNotAllowed, pathNotFound } from './errors.ts';
import { expressionsAreLoaded, loadExpressions } from './expressions/environment.ts';
import type { ApiRequest, ApiResponse, ApiServer, ClientRequest, Upgrade, UserInfo } from './http.ts';
import { createInProcessClient, createReader } from './in-process-client.ts';
import { Operations } from './operations.ts';
import { ResourceRegistry } from './registry.ts';
import { registry as builtIn } from './resources/index.ts';
import { aggregatedDiscovery } from './rest/aggregated-discovery.ts';
import { createBinding } from './rest/bindings.ts';
import { discoveryDocument, servedPaths } from './rest/discovery.ts';
import { serveHealth } from './rest/health.ts';
import { serveNodeProxy } from './rest/node-proxy.ts';
import { openApiDocument, openApiVersion2 } from './rest/openapi.ts';
import { type ConnectorOf, isStreamed, openStream, serveLog, streamOptions } from './rest/pod-streams.ts';
import { type Dial, serveProxy } from './rest/proxy.ts';
import { checkNamespacing, serveResource } from './rest/resources.ts';
import { answer, indented, refusal, withWarning } from './rest/response.ts';
import { parseResourcePath, type ResourceRoute } from './rest/route.ts';
import { serveSubresource } from './rest/subresources.ts';
import { versionInfo } from './rest/version.ts';
import { operationsFor } from './views.ts';

const proxied: ReadonlySet<string> = new Set(['pods', 'services']);

export interface ApiServerOptions {
	clock: Clock;
	/** Names, addresses and uids come from it. */
	random: Random;
	/** The kubelet of a node; undefined where none answers. */
	connectorOf: ConnectorOf;
	/** The way into the cluster's network, for the proxy of pods and services. */
	dial?: Dial;
	/** How many changes of each resource a watch can look back; 4,096 unless told. */
	historyLimit?: number;
	/** What an earlier server has kept, which this one goes on from. */
	kept?: KeptByApiServer;
}

/** What an API server knows, and nobody else. */
export interface KeptByApiServer {
	readonly store: StoreContent;
	/** By which tokens are signed: 32 bytes. */
	readonly tokenKey: Uint8Array;
}

export interface CreatedApiServer {
	http: ApiServer;
	client: Client;
	/** What is served, custom resources included. */
	registry: ResourceRegistry;
	tokens: ServiceAccountTokens;
	/** Stores the roles and bindings that every cluster begins with. */
	storeDefaultPolicy(): void;
	/** Of the last write to anything. */
	readonly revision: number;
	keep(): KeptByApiServer;
}

/** A server with nothing stored unless `kept`; what a cluster has from the beginning is the control plane's to create. */
export function createApiServer(options: ApiServerOptions): CreatedApiServer {
	const { clock, random, connectorOf, kept } = options;
	const store = new Store(options.historyLimit, kept?.store);
	const reader = createReader(store);
	const authorizer = createAuthorizer(reader);
	const tokens = createServiceAccountTokens({ objects: reader, clock, random, key: kept?.tokenKey });
	const registry = new ResourceRegistry(builtIn.all);
	const operations = new Operations(store, clock, random, reader, { authorizer, tokens }, registry);

	followDefinitions(operations, registry, clock);
	if (store.list(policiesKey).length > 0)
		inBackground('admission policies', clock.outside(loadExpressions()));

	const check = (user: UserInfo, attributes: Attributes) => {
		const { allowed, reason } = authorizer.authorize(user, attributes);
		if (!allowed) throw forbiddenRequest(user, attributes, reason);
	};

	/** The request with who makes it. Throws Unauthorized, and Forbidden where nothing allows it. */
	function admitted(request: ClientRequest, attributes = attributesOf(request)): ApiRequest {
		const user = impersonate(request, authenticate(request, tokens), authorizer);
		check(user, attributes);
		return { ...request, user };
	}

	function resourceOf(route: ResourceRoute) {
		const resource = registry.at(route.apiVersion, route.plural);
		if (!resource) throw pathNotFound();
		checkNamespacing(resource, route);
		return resource;
	}

	async function respond(asked: ClientRequest): Promise<ApiResponse> {
		const request = admitted(asked);
		const { path } = request;
		if (/^\/version\/?$/.test(path)) return indented(versionInfo);
		if (path === '/') return indented({ paths: servedPaths(registry) });
		const health = serveHealth(request);
		if (health) return health;
		if (path === '/openapi/v2') return openApiVersion2(registry, request);
		if (path === '/openid/v1/jwks') return answer(request, 200, tokens.keySet());
		if (path === '/.well-known/openid-configuration') return answer(request, 200, openIdConfiguration);
		const aggregated = request.method === 'GET' ? aggregatedDiscovery(registry, request) : undefined;
		if (aggregated) return aggregated;
		const document = path.startsWith('/openapi/')
			? await openApiDocument(registry, path)
			: discoveryDocument(registry, path);
		if (document !== undefined) {
			if (request.method !== 'GET' && request.method !== 'HEAD') throw methodNotAllowed();
			return answer(request, 200, document);
		}
		const route = parseResourcePath(path);
		if (!route) throw pathNotFound();
		const resource = resourceOf(route);
		if (resource.hasExpressions && request.method !== 'GET' && !expressionsAreLoaded())
			await loadExpressions();
		const context = {
			operations: operationsFor(resource, operations, { objects: reader, connectorOf }),
			clock,
			tokens,
		};
		if (resource.key === 'bindings' && !route.subresource) return createBinding(context, request, route);
		if (!route.subresource) {
			const response = serveResource(context, request, resource, route);
			return resource.deprecation ? withWarning(response, resource.deprecation) : response;
		}
		if (resource.key === 'pods' && route.subresource === 'log')
			return serveLog(operations, connectorOf, request, resource, route);
		if (route.subresource === 'proxy' && proxied.has(resource.key))
			return serveProxy(operations, options, request, resource, route);
		if (route.subresource === 'proxy' && resource.key === 'nodes')
			return serveNodeProxy(operations, connectorOf, request, resource, route);
		return serveSubresource(context, request, resource, route);
	}

	async function open(asked: ClientRequest): Promise<Upgrade> {
		const attributes = attributesOf(asked);
		const request = admitted(asked, attributes);
		// Whoever streams into a pod must be allowed to create something there, by whichever method it is asked.
		if (attributes.verb === 'get') check(request.user, { ...attributes, verb: 'create' });
		const route = parseResourcePath(request.path);
		if (!route) throw pathNotFound();
		const resource = resourceOf(route);
		const { subresource } = route;
		if (resource.key !== 'pods' || !isStreamed(subresource)) throw pathNotFound();
		operations.admitConnection(resource, subresource, streamOptions(route, request.query), {
			user: request.user,
		});
		return openStream(operations, connectorOf, request, resource, route);
	}

	const http: ApiServer = {
		handle: (request) => respond(request).catch((error) => refused(request, error)),
		upgrade: (request) => open(request).catch((error) => refused(request, error)),
	};
	return {
		http,
		client: createInProcessClient(registry, operations),
		registry,
		tokens,
		get revision() {
			return store.revision;
		},
		keep: () => ({ store: store.content, tokenKey: tokens.key }),
		storeDefaultPolicy: () => storeDefaultPolicy(store, random, formatTime(clock.now())),
	};
}

/** By which others find the keys of service account tokens (OpenID Connect Discovery 1.0). */
const openIdConfiguration = {
	issuer,
	jwks_uri: `${issuer}/openid/v1/jwks`,
	response_types_supported: ['id_token'],
	subject_types_supported: ['public'],
	id_token_signing_alg_values_supported: ['ES256'],
};

/** What is no refusal is a fault of ours, and is said as one. */
function refused(request: ClientRequest, error: unknown): ApiResponse {
	if (error instanceof ApiError) return refusal(request, error);
	return refusal(request, internalError(error instanceof Error ? error.message : String(error)));
}
