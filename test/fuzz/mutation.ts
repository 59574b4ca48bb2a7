// Changes that make a valid object or text odd.
import { isObject, type JsonObject } from '../../lab/json-object.ts';
import type { Dice } from './dice.ts';
import { oddValues } from './values.ts';

interface Place {
	holder: unknown[] | JsonObject;
	key: string | number;
}

/** Where anything stands in a value. */
export function placesIn(value: unknown): Place[] {
	if (Array.isArray(value))
		return value.flatMap((each, index) => [{ holder: value, key: index }, ...placesIn(each)]);
	if (!isObject(value)) return [];
	return Object.entries(value).flatMap(([key, each]) => [{ holder: value, key }, ...placesIn(each)]);
}

/** A value with something changed in it, so many times; the value itself is changed. */
export function mutated(dice: Dice, value: unknown, times: number): unknown {
	for (; times > 0; times--) {
		const places = placesIn(value);
		if (places.length === 0) return dice.pick(oddValues);
		const { holder, key } = dice.pick(places);
		const container = holder as Record<string | number, unknown>;
		switch (dice.below(7)) {
			case 0:
				if (Array.isArray(holder)) holder.splice(key as number, 1);
				else delete container[key];
				break;
			case 1:
				if (Array.isArray(holder)) holder.push(structuredClone(holder[key as number]));
				else container[`${key}${dice.pick(['x', '', 'X'])}`] = container[key];
				break;
			case 2: {
				const other = dice.pick(places);
				container[key] = structuredClone((other.holder as Record<string | number, unknown>)[other.key]);
				break;
			}
			case 3:
				container[key] =
					typeof container[key] === 'string'
						? mutatedText(dice, container[key])
						: structuredClone(dice.pick(oddValues));
				break;
			case 4:
				if (isObject(holder))
					holder[
						dice.pick(['name', 'labels', 'finalizers', 'ownerReferences', 'constructor', 'deletionTimestamp'])
					] = structuredClone(dice.pick(oddValues));
				break;
			default:
				container[key] = structuredClone(dice.pick(oddValues));
		}
	}
	return value;
}

/** A text with some characters more or less, or as it is. */
export function mutatedText(dice: Dice, text: string): string {
	const at = dice.below(text.length + 1);
	switch (dice.below(6)) {
		case 0:
			return text.slice(0, at);
		case 1:
			return (
				text.slice(0, at) +
				dice.pick(['%', '/', '"', ',', '=', '\\', '%00', '..', 'é', '(', ')', '!', '\n']) +
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
