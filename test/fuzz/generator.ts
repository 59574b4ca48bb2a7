// Random requests: valid objects with something wrong in them, patches, selectors, paths, queries and protobuf.

import type { JsonObject } from '../../lab/json-object.ts';
import type { Random } from '../../lab/random.ts';
import { Dice } from './dice.ts';
import { mutated, mutatedText } from './mutation.ts';
import { objects, type Seedling } from './objects.ts';
import { patchRequest } from './patches.ts';
import { type FuzzRequest, jsonRequest, protobufRequest } from './request.ts';
import { accepts, contentTypes, fieldSelectors, labelSelectors, names } from './values.ts';

export class Generator {
	readonly #dice: Dice;
	/** What was answered before: material for what comes next. */
	readonly #seen: { path: string; object: JsonObject }[] = [];

	constructor(random: Random) {
		this.#dice = new Dice(random);
	}

	/** Remembers an answered object. */
	learn(path: string, object: JsonObject): void {
		const at = this.#seen.length < 200 ? this.#seen.length : this.#dice.below(200);
		this.#seen[at] = { path, object };
	}

	next(): FuzzRequest {
		const request = this.#request();
		if (this.#dice.chance(0.06)) request.path = mutatedText(this.#dice, request.path);
		if (this.#dice.chance(0.25)) this.#addQuery(request.query);
		if (this.#dice.chance(0.03))
			request.method = this.#dice.pick(['GET', 'PUT', 'POST', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']);
		if (this.#dice.chance(0.03)) request.headers['content-type'] = this.#dice.pick(contentTypes);
		if (this.#dice.chance(0.1)) request.headers.accept = this.#dice.pick(accepts);
		return request;
	}

	#request(): FuzzRequest {
		const kind = this.#dice.below(100);
		if (kind < 26) return this.#create();
		if (kind < 38) return this.#replace();
		if (kind < 68) return patchRequest(this.#dice, this.#target());
		if (kind < 84) return this.#read();
		if (kind < 95) return this.#remove();
		if (kind < 97) return this.#subresource();
		return this.#walk();
	}

	#seedling(): Seedling {
		return this.#dice.pick(objects);
	}

	#collection({ path, namespaced }: Seedling): string {
		const at = path.lastIndexOf('/');
		return namespaced
			? `${path.slice(0, at)}/namespaces/${this.#dice.pick(['default', 'default', 'other'])}${path.slice(at)}`
			: path;
	}

	#named(seedling: Seedling): string {
		return `${this.#collection(seedling)}/${encodeURIComponent(this.#dice.pick(names))}`;
	}

	#target(): { path: string; object: JsonObject } {
		if (this.#seen.length > 0 && this.#dice.chance(0.8)) return this.#dice.pick(this.#seen);
		const seedling = this.#seedling();
		return { path: this.#named(seedling), object: seedling.object };
	}

	#create(): FuzzRequest {
		const seedling = this.#seedling();
		const object = structuredClone(seedling.object);
		const metadata = object.metadata as JsonObject;
		if (this.#dice.chance(0.9)) metadata.name = this.#dice.pick(names);
		else {
			delete metadata.name;
			metadata.generateName = this.#dice.pick(['a-', 'web-', 'Ä']);
		}
		const path = this.#collection(seedling);
		if (this.#dice.chance(0.15)) return protobufRequest(this.#dice, path, object);
		const body = this.#dice.chance(0.75) ? mutated(this.#dice, object, 1 + this.#dice.below(3)) : object;
		return jsonRequest(this.#dice, 'POST', path, body);
	}

	#replace(): FuzzRequest {
		const { path, object } = this.#target();
		return jsonRequest(
			this.#dice,
			'PUT',
			path,
			mutated(this.#dice, structuredClone(object), 1 + this.#dice.below(4)),
		);
	}

	#read(): FuzzRequest {
		const seedling = this.#seedling();
		const path = this.#dice.chance(0.4)
			? this.#target().path
			: this.#dice.chance(0.6)
				? this.#collection(seedling)
				: seedling.path;
		const query = new URLSearchParams();
		if (this.#dice.chance(0.5))
			query.set('labelSelector', mutatedText(this.#dice, this.#dice.pick(labelSelectors)));
		if (this.#dice.chance(0.4))
			query.set('fieldSelector', mutatedText(this.#dice, this.#dice.pick(fieldSelectors)));
		if (this.#dice.chance(0.4))
			query.set('limit', this.#dice.pick(['1', '2', '500', '0', '-1', 'x', '99999999999999999999']));
		if (this.#dice.chance(0.1))
			query.set('continue', this.#dice.pick(['', 'x', btoa('{"revision":1,"after":"a"}')]));
		if (this.#dice.chance(0.2)) {
			query.set('resourceVersion', this.#dice.pick(['0', '1', '5', '-1', 'x', '999999999']));
			query.set('resourceVersionMatch', this.#dice.pick(['Exact', 'NotOlderThan', 'Nope', '']));
		}
		if (this.#dice.chance(0.15)) {
			query.set('watch', this.#dice.pick(['true', '1', 'false']));
			query.set('timeoutSeconds', this.#dice.pick(['1', '5', '0', 'x']));
			if (this.#dice.chance(0.4)) query.set('allowWatchBookmarks', 'true');
			if (this.#dice.chance(0.3)) query.set('sendInitialEvents', this.#dice.pick(['true', 'false']));
		}
		return { method: 'GET', path, query, headers: {} };
	}

	#remove(): FuzzRequest {
		const whole = this.#dice.chance(0.05);
		const path = whole ? this.#collection(this.#seedling()) : this.#target().path;
		const options: JsonObject = {
			...(this.#dice.chance(0.3) && {
				propagationPolicy: this.#dice.pick(['Orphan', 'Foreground', 'Background', 'Nope', 1]),
			}),
			...(this.#dice.chance(0.3) && { gracePeriodSeconds: this.#dice.pick<unknown>([0, 1, -1, 30, 'x']) }),
			...(this.#dice.chance(0.1) && {
				preconditions: this.#dice.pick<unknown>([{ uid: 'x' }, { resourceVersion: '1' }, {}, 1]),
			}),
			...(this.#dice.chance(0.1) && { dryRun: this.#dice.pick<unknown>([['All'], ['Nope'], 'All']) }),
			...(this.#dice.chance(0.1) && { orphanDependents: this.#dice.pick<unknown>([true, false, 'x']) }),
		};
		return this.#dice.chance(0.4)
			? { method: 'DELETE', path, query: new URLSearchParams(), headers: {} }
			: jsonRequest(this.#dice, 'DELETE', path, options);
	}

	/** What lies below an object: streams and actions. */
	#subresource(): FuzzRequest {
		const { path } = this.#target();
		const name = this.#dice.pick([
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
		if (this.#dice.chance(0.5))
			return { method: 'GET', path: `${path}/${name}`, query: new URLSearchParams(), headers: {} };
		const body = mutated(
			this.#dice,
			{
				apiVersion: this.#dice.pick(['v1', 'policy/v1', 'authentication.k8s.io/v1', 'autoscaling/v1']),
				kind: this.#dice.pick(['Eviction', 'Binding', 'TokenRequest', 'Scale']),
				metadata: { name: this.#dice.pick(names) },
				target: { kind: 'Node', name: 'a' },
				spec: { replicas: 2, audiences: ['x'], expirationSeconds: 600 },
				deleteOptions: { gracePeriodSeconds: 0 },
			},
			this.#dice.below(3),
		);
		return jsonRequest(this.#dice, this.#dice.pick(['POST', 'PUT']), `${path}/${name}`, body);
	}

	/** Paths that are no object's. */
	#walk(): FuzzRequest {
		const path = mutatedText(
			this.#dice,
			this.#dice.pick([
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
		const [name, values] = this.#dice.pick<[string, string[]]>([
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
		query.set(name, this.#dice.pick(values));
	}
}
