// Random patches of every format.
import { isObject, type JsonObject } from '../../lab/json-object.ts';
import type { Dice } from './dice.ts';
import { mutated, mutatedText, placesIn } from './mutation.ts';
import { type FuzzRequest, jsonRequest } from './request.ts';
import { oddValues } from './values.ts';

/** A patch of an object, or of a part of it that has a path of its own. */
export function patchRequest(
	dice: Dice,
	{ path, object }: { path: string; object: JsonObject },
): FuzzRequest {
	const subresource = dice.chance(0.2)
		? `/${dice.pick(['status', 'scale', 'finalize', 'ephemeralcontainers'])}`
		: '';
	const format = dice.below(4);
	if (format === 0) {
		const operations = Array.from({ length: 1 + dice.below(4) }, () => operation(dice, object));
		return jsonRequest(dice, 'PATCH', path + subresource, operations, 'application/json-patch+json');
	}
	const part = mutated(dice, partOf(dice, structuredClone(object)), 1 + dice.below(3));
	if (format === 1)
		return jsonRequest(dice, 'PATCH', path + subresource, part, 'application/merge-patch+json');
	if (format === 2) {
		if (dice.chance(0.3)) direct(dice, part);
		return jsonRequest(dice, 'PATCH', path + subresource, part, 'application/strategic-merge-patch+json');
	}
	const { apiVersion, kind, metadata } = object as { apiVersion: string; kind: string; metadata: JsonObject };
	const configuration = isObject(part)
		? {
				...part,
				apiVersion,
				kind,
				metadata: { name: metadata?.name, ...(isObject(part.metadata) ? without(part.metadata) : {}) },
			}
		: part;
	const request = jsonRequest(
		dice,
		'PATCH',
		path + subresource,
		configuration,
		'application/apply-patch+yaml',
	);
	if (dice.chance(0.95)) request.query.set('fieldManager', dice.pick(['one', 'two', 'kubectl']));
	if (dice.chance(0.5)) request.query.set('force', 'true');
	return request;
}

/** Some of an object's fields, down to some depth. */
function partOf(dice: Dice, value: unknown): unknown {
	if (Array.isArray(value)) return value.filter(() => dice.chance(0.7)).map((each) => partOf(dice, each));
	if (!isObject(value)) return value;
	return Object.fromEntries(
		Object.entries(value)
			.filter(([key]) => key !== 'managedFields' && key !== 'resourceVersion' && dice.chance(0.6))
			.map(([key, part]) => [key, partOf(dice, part)]),
	);
}

/** Puts a directive of strategic merge somewhere. */
function direct(dice: Dice, value: unknown): void {
	const places = placesIn(value).filter(({ holder }) => isObject(holder));
	if (places.length === 0) return;
	const { holder, key } = dice.pick(places);
	const [name, content] = dice.pick<[string, unknown]>([
		['$patch', dice.pick(['delete', 'replace', 'merge', 'nope', 1])],
		['$retainKeys', dice.pick<unknown>([[key], [], 'x', [1]])],
		[`$setElementOrder/${key}`, dice.pick<unknown>([[], [{ name: 'c' }], ['a'], [1], {}])],
		[`$deleteFromPrimitiveList/${key}`, dice.pick<unknown>([['a'], [], [null], 'x'])],
	]);
	(holder as JsonObject)[name] = content;
}

/** An operation of a JSON patch. */
function operation(dice: Dice, object: JsonObject): JsonObject {
	const pointers = pointersIn(object);
	const path = dice.chance(0.9) ? dice.pick(pointers) : mutatedText(dice, dice.pick(pointers));
	return {
		op: dice.pick(['add', 'remove', 'replace', 'move', 'copy', 'test', 'nope']),
		path: dice.chance(0.1) ? `${path}/-` : path,
		...(dice.chance(0.5) && { from: dice.pick(pointers) }),
		...(dice.chance(0.9) && { value: dice.pick(oddValues) }),
	};
}

/** JSON pointers to a value and to all in it. */
function pointersIn(value: unknown, at = ''): string[] {
	const inner = Array.isArray(value)
		? value.flatMap((each, index) => pointersIn(each, `${at}/${index}`))
		: isObject(value)
			? Object.entries(value).flatMap(([key, each]) =>
					pointersIn(each, `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`),
				)
			: [];
	return [at, ...inner];
}

const without = ({ managedFields: _, resourceVersion: __, uid: ___, name: ____, ...rest }: JsonObject) =>
	rest;
