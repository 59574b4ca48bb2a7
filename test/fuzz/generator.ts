// Random requests: valid objects with something wrong in them, patches, selectors, paths, queries and protobuf.
import type { Random } from '../../lab/random.ts';
import { objects, type Seedling } from './objects.ts';
import { bytes, message, text } from './protobuf-fields.ts';
import { accepts, contentTypes, fieldSelectors, labelSelectors, names, oddValues } from './values.ts';

export interface FuzzRequest {
	method: string;
	path: string;
	query: URLSearchParams;
	headers: Record<string, string>;
	body?: Uint8Array;
}

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

export class Generator {
	readonly #random: Random;
	/** What was answered before: material for what comes next. */
	readonly #seen: { path: string; object: Json }[] = [];

	constructor(random: Random) {
		this.#random = random;
	}

	/** Remembers an answered object. */
	learn(path: string, object: Json): void {
		const at = this.#seen.length < 200 ? this.#seen.length : this.#below(200);
		this.#seen[at] = { path, object };
	}

	next(): FuzzRequest {
		const request = this.#request();
		if (this.#chance(0.06)) request.path = this.#mutatedText(request.path);
		if (this.#chance(0.25)) this.#addQuery(request.query);
		if (this.#chance(0.03))
			request.method = this.#pick(['GET', 'PUT', 'POST', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']);
		if (this.#chance(0.03)) request.headers['content-type'] = this.#pick(contentTypes);
		if (this.#chance(0.1)) request.headers.accept = this.#pick(accepts);
		return request;
	}

	#below(limit: number): number {
		return Math.floor(this.#random() * limit);
	}

	#chance(probability: number): boolean {
		return this.#random() < probability;
	}

	#pick<T>(from: readonly T[]): T {
		return from[this.#below(from.length)];
	}

	#request(): FuzzRequest {
		const kind = this.#below(100);
		if (kind < 26) return this.#create();
		if (kind < 38) return this.#replace();
		if (kind < 68) return this.#patch();
		if (kind < 84) return this.#read();
		if (kind < 95) return this.#remove();
		if (kind < 97) return this.#subresource();
		return this.#walk();
	}

	#seedling(): Seedling {
		return this.#pick(objects);
	}

	#collection({ path, namespaced }: Seedling): string {
		const at = path.lastIndexOf('/');
		return namespaced
			? `${path.slice(0, at)}/namespaces/${this.#pick(['default', 'default', 'other'])}${path.slice(at)}`
			: path;
	}

	#named(seedling: Seedling): string {
		return `${this.#collection(seedling)}/${encodeURIComponent(this.#pick(names))}`;
	}

	#target(): { path: string; object: Json } {
		if (this.#seen.length > 0 && this.#chance(0.8)) return this.#pick(this.#seen);
		const seedling = this.#seedling();
		return { path: this.#named(seedling), object: seedling.object };
	}

	#create(): FuzzRequest {
		const seedling = this.#seedling();
		const object = structuredClone(seedling.object);
		const metadata = object.metadata as Json;
		if (this.#chance(0.9)) metadata.name = this.#pick(names);
		else {
			delete metadata.name;
			metadata.generateName = this.#pick(['a-', 'web-', 'Ä']);
		}
		const path = this.#collection(seedling);
		if (this.#chance(0.15)) return this.#protobuf(path, object);
		const body = this.#chance(0.75) ? this.#mutated(object, 1 + this.#below(3)) : object;
		return this.#json('POST', path, body);
	}

	#replace(): FuzzRequest {
		const { path, object } = this.#target();
		return this.#json('PUT', path, this.#mutated(structuredClone(object), 1 + this.#below(4)));
	}

	#patch(): FuzzRequest {
		const { path, object } = this.#target();
		const subresource = this.#chance(0.2)
			? `/${this.#pick(['status', 'scale', 'finalize', 'ephemeralcontainers'])}`
			: '';
		const format = this.#below(4);
		if (format === 0) {
			const operations = Array.from({ length: 1 + this.#below(4) }, () => this.#operation(object));
			return this.#json('PATCH', path + subresource, operations, 'application/json-patch+json');
		}
		const part = this.#mutated(this.#part(structuredClone(object)), 1 + this.#below(3));
		if (format === 1) return this.#json('PATCH', path + subresource, part, 'application/merge-patch+json');
		if (format === 2) {
			if (this.#chance(0.3)) this.#direct(part);
			return this.#json('PATCH', path + subresource, part, 'application/strategic-merge-patch+json');
		}
		const { apiVersion, kind, metadata } = object as { apiVersion: string; kind: string; metadata: Json };
		const configuration = isObject(part)
			? {
					...part,
					apiVersion,
					kind,
					metadata: { name: metadata?.name, ...(isObject(part.metadata) ? without(part.metadata) : {}) },
				}
			: part;
		const request = this.#json('PATCH', path + subresource, configuration, 'application/apply-patch+yaml');
		if (this.#chance(0.95)) request.query.set('fieldManager', this.#pick(['one', 'two', 'kubectl']));
		if (this.#chance(0.5)) request.query.set('force', 'true');
		return request;
	}

	/** Some of an object's fields, down to some depth. */
	#part(value: unknown): unknown {
		if (Array.isArray(value)) return value.filter(() => this.#chance(0.7)).map((each) => this.#part(each));
		if (!isObject(value)) return value;
		return Object.fromEntries(
			Object.entries(value)
				.filter(([key]) => key !== 'managedFields' && key !== 'resourceVersion' && this.#chance(0.6))
				.map(([key, part]) => [key, this.#part(part)]),
		);
	}

	/** Puts a directive of strategic merge somewhere. */
	#direct(value: unknown): void {
		const places = this.#places(value).filter(({ holder }) => isObject(holder));
		if (places.length === 0) return;
		const { holder, key } = this.#pick(places);
		const [name, content] = this.#pick<[string, unknown]>([
			['$patch', this.#pick(['delete', 'replace', 'merge', 'nope', 1])],
			['$retainKeys', this.#pick<unknown>([[key], [], 'x', [1]])],
			[`$setElementOrder/${key}`, this.#pick<unknown>([[], [{ name: 'c' }], ['a'], [1], {}])],
			[`$deleteFromPrimitiveList/${key}`, this.#pick<unknown>([['a'], [], [null], 'x'])],
		]);
		(holder as Json)[name] = content;
	}

	#operation(object: Json): Json {
		const pointers = this.#pointers(object, '');
		const path = this.#chance(0.9) ? this.#pick(pointers) : this.#mutatedText(this.#pick(pointers));
		return {
			op: this.#pick(['add', 'remove', 'replace', 'move', 'copy', 'test', 'nope']),
			path: this.#chance(0.1) ? `${path}/-` : path,
			...(this.#chance(0.5) && { from: this.#pick(pointers) }),
			...(this.#chance(0.9) && { value: this.#pick(oddValues) }),
		};
	}

	#pointers(value: unknown, at: string): string[] {
		const inner = Array.isArray(value)
			? value.flatMap((each, index) => this.#pointers(each, `${at}/${index}`))
			: isObject(value)
				? Object.entries(value).flatMap(([key, each]) =>
						this.#pointers(each, `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`),
					)
				: [];
		return [at, ...inner];
	}

	#read(): FuzzRequest {
		const seedling = this.#seedling();
		const path = this.#chance(0.4)
			? this.#target().path
			: this.#chance(0.6)
				? this.#collection(seedling)
				: seedling.path;
		const query = new URLSearchParams();
		if (this.#chance(0.5)) query.set('labelSelector', this.#mutatedText(this.#pick(labelSelectors)));
		if (this.#chance(0.4)) query.set('fieldSelector', this.#mutatedText(this.#pick(fieldSelectors)));
		if (this.#chance(0.4))
			query.set('limit', this.#pick(['1', '2', '500', '0', '-1', 'x', '99999999999999999999']));
		if (this.#chance(0.1)) query.set('continue', this.#pick(['', 'x', btoa('{"revision":1,"after":"a"}')]));
		if (this.#chance(0.2)) {
			query.set('resourceVersion', this.#pick(['0', '1', '5', '-1', 'x', '999999999']));
			query.set('resourceVersionMatch', this.#pick(['Exact', 'NotOlderThan', 'Nope', '']));
		}
		if (this.#chance(0.15)) {
			query.set('watch', this.#pick(['true', '1', 'false']));
			query.set('timeoutSeconds', this.#pick(['1', '5', '0', 'x']));
			if (this.#chance(0.4)) query.set('allowWatchBookmarks', 'true');
			if (this.#chance(0.3)) query.set('sendInitialEvents', this.#pick(['true', 'false']));
		}
		return { method: 'GET', path, query, headers: {} };
	}

	#remove(): FuzzRequest {
		const whole = this.#chance(0.05);
		const path = whole ? this.#collection(this.#seedling()) : this.#target().path;
		const options: Json = {
			...(this.#chance(0.3) && {
				propagationPolicy: this.#pick(['Orphan', 'Foreground', 'Background', 'Nope', 1]),
			}),
			...(this.#chance(0.3) && { gracePeriodSeconds: this.#pick<unknown>([0, 1, -1, 30, 'x']) }),
			...(this.#chance(0.1) && {
				preconditions: this.#pick<unknown>([{ uid: 'x' }, { resourceVersion: '1' }, {}, 1]),
			}),
			...(this.#chance(0.1) && { dryRun: this.#pick<unknown>([['All'], ['Nope'], 'All']) }),
			...(this.#chance(0.1) && { orphanDependents: this.#pick<unknown>([true, false, 'x']) }),
		};
		return this.#chance(0.4)
			? { method: 'DELETE', path, query: new URLSearchParams(), headers: {} }
			: this.#json('DELETE', path, options);
	}

	/** What lies below an object: streams and actions. */
	#subresource(): FuzzRequest {
		const { path } = this.#target();
		const name = this.#pick([
			'eviction',
			'binding',
			'log',
			'proxy',
			'proxy/a/b',
			'exec',
			'attach',
			'token',
			'scale',
			'status',
			'nope',
		]);
		if (this.#chance(0.5))
			return { method: 'GET', path: `${path}/${name}`, query: new URLSearchParams(), headers: {} };
		const body = this.#mutated(
			{
				apiVersion: this.#pick(['v1', 'policy/v1', 'authentication.k8s.io/v1', 'autoscaling/v1']),
				kind: this.#pick(['Eviction', 'Binding', 'TokenRequest', 'Scale']),
				metadata: { name: this.#pick(names) },
				target: { kind: 'Node', name: 'a' },
				spec: { replicas: 2, audiences: ['x'], expirationSeconds: 600 },
				deleteOptions: { gracePeriodSeconds: 0 },
			},
			this.#below(3),
		);
		return this.#json(this.#pick(['POST', 'PUT']), `${path}/${name}`, body);
	}

	/** Paths that are no object's. */
	#walk(): FuzzRequest {
		const path = this.#mutatedText(
			this.#pick([
				'/',
				'/api',
				'/apis',
				'/apis/apps',
				'/apis/apps/v1',
				'/version',
				'/openapi/v3',
				'/healthz',
				'/apis/apps/v1/watch/statefulsets',
				'/api/v1/namespaces/default/status',
				'/logs',
			]),
		);
		return { method: 'GET', path, query: new URLSearchParams(), headers: {} };
	}

	#addQuery(query: URLSearchParams): void {
		const [name, values] = this.#pick<[string, string[]]>([
			['dryRun', ['All', 'Nope', '']],
			['fieldValidation', ['Strict', 'Warn', 'Ignore', 'Nope']],
			['fieldManager', ['me', 'x'.repeat(200), '\u0007', '']],
			['force', ['true', 'false', 'x']],
			['pretty', ['true']],
			['includeObject', ['None', 'Metadata', 'Object', 'Nope']],
			['propagationPolicy', ['Orphan', 'Foreground', 'Nope']],
			['gracePeriodSeconds', ['0', '-5', 'x']],
			['labelSelector', labelSelectors],
			['limit', ['1', '3']],
		]);
		query.set(name, this.#pick(values));
	}

	#json(method: string, path: string, value: unknown, type = 'application/json'): FuzzRequest {
		let text = JSON.stringify(value) ?? 'null';
		if (this.#chance(0.03)) text = this.#mutatedText(text);
		return {
			method,
			path,
			query: new URLSearchParams(),
			headers: { 'content-type': type },
			body: new TextEncoder().encode(text),
		};
	}

	/** A ConfigMap or a Pod as a Go client sends it, with some of its bytes wrong. */
	#protobuf(path: string, object: Json): FuzzRequest {
		const metadata = object.metadata as Json;
		const raw = message((writer) => {
			bytes(
				writer,
				1,
				message((inner) => text(inner, 1, String(metadata.name ?? 'a'))),
			);
			bytes(
				writer,
				2,
				message((inner) => text(text(inner, 1, 'key'), 2, 'value')),
			);
		});
		const envelope = message((writer) => {
			bytes(
				writer,
				1,
				message((inner) => text(text(inner, 1, String(object.apiVersion)), 2, String(object.kind))),
			);
			bytes(writer, 2, raw);
		});
		const body = new Uint8Array([0x6b, 0x38, 0x73, 0x00, ...envelope]);
		for (let count = this.#below(4); count > 0; count--) body[this.#below(body.length)] = this.#below(256);
		return {
			method: 'POST',
			path,
			query: new URLSearchParams(),
			headers: { 'content-type': 'application/vnd.kubernetes.protobuf' },
			body: this.#chance(0.2) ? body.slice(0, this.#below(body.length)) : body,
		};
	}

	#places(value: unknown): { holder: unknown[] | Json; key: string | number }[] {
		if (Array.isArray(value))
			return value.flatMap((each, index) => [{ holder: value, key: index }, ...this.#places(each)]);
		if (!isObject(value)) return [];
		return Object.entries(value).flatMap(([key, each]) => [{ holder: value, key }, ...this.#places(each)]);
	}

	#mutated(value: unknown, times: number): unknown {
		for (; times > 0; times--) {
			const places = this.#places(value);
			if (places.length === 0) return this.#pick(oddValues);
			const { holder, key } = this.#pick(places);
			const container = holder as Record<string | number, unknown>;
			switch (this.#below(7)) {
				case 0:
					if (Array.isArray(holder)) holder.splice(key as number, 1);
					else delete container[key];
					break;
				case 1:
					if (Array.isArray(holder)) holder.push(structuredClone(holder[key as number]));
					else container[`${key}${this.#pick(['x', '', 'X'])}`] = container[key];
					break;
				case 2: {
					const other = this.#pick(places);
					container[key] = structuredClone((other.holder as Record<string | number, unknown>)[other.key]);
					break;
				}
				case 3:
					container[key] =
						typeof container[key] === 'string'
							? this.#mutatedText(container[key])
							: structuredClone(this.#pick(oddValues));
					break;
				case 4:
					if (isObject(holder))
						holder[
							this.#pick([
								'name',
								'labels',
								'finalizers',
								'ownerReferences',
								'constructor',
								'deletionTimestamp',
							])
						] = structuredClone(this.#pick(oddValues));
					break;
				default:
					container[key] = structuredClone(this.#pick(oddValues));
			}
		}
		return value;
	}

	#mutatedText(text: string): string {
		const at = this.#below(text.length + 1);
		switch (this.#below(6)) {
			case 0:
				return text.slice(0, at);
			case 1:
				return (
					text.slice(0, at) +
					this.#pick(['%', '/', '"', ',', '=', '\\', '%00', '..', 'é', '(', ')', '!', '\n']) +
					text.slice(at)
				);
			case 2:
				return text.slice(0, at) + text.slice(at + 1);
			case 3:
				return text.slice(0, at) + text.slice(0, 20) + text.slice(at);
			default:
				return text;
		}
	}
}

const without = ({ managedFields: _, resourceVersion: __, uid: ___, name: ____, ...rest }: Json) => rest;
