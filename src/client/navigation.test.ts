import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashOf, type Move, moved, nameIn, type Position, placeOf, positionOf } from './navigation.ts';

const slides = [
	{ id: 'start', increments: 1, extra: false },
	{ id: 'claims', increments: 3, extra: false },
	{ id: 'aside', increments: 2, extra: true },
	{ id: 'end', increments: 1, extra: false },
];
const at = (slide: number, increment = 1): Position => ({ slide, increment });
const moveFrom = (from: Position, move: Move, extras = false) => moved(slides, from, move, extras);

test('next goes through the increments of a slide before the next one', () => {
	assert.deepEqual(moveFrom(at(0), 'next'), at(1, 1));
	assert.deepEqual(moveFrom(at(1, 1), 'next'), at(1, 2));
	assert.deepEqual(moveFrom(at(1, 2), 'next'), at(1, 3));
});

test('extra slides are skipped in both directions, unless asked for', () => {
	assert.deepEqual(moveFrom(at(1, 3), 'next'), at(3));
	assert.deepEqual(moveFrom(at(3), 'previous'), at(1, 3));
	assert.deepEqual(moveFrom(at(1, 3), 'next', true), at(2));
	assert.deepEqual(moveFrom(at(3), 'previous', true), at(2, 2));
});

test('from an extra slide that a link led to, the deck goes on where it stands', () => {
	assert.deepEqual(moveFrom(at(2), 'next'), at(2, 2));
	assert.deepEqual(moveFrom(at(2, 2), 'next'), at(3));
	assert.deepEqual(moveFrom(at(2), 'previous'), at(1, 3));
});

test('going back shows a slide whole, going to the previous slide shows its start', () => {
	assert.deepEqual(moveFrom(at(3), 'previous'), at(1, 3));
	assert.deepEqual(moveFrom(at(3), 'previousSlide'), at(1, 1));
	assert.deepEqual(moveFrom(at(1, 1), 'nextSlide'), at(3));
});

test('at the ends nothing moves', () => {
	assert.deepEqual(moveFrom(at(3), 'next'), at(3));
	assert.deepEqual(moveFrom(at(0), 'previous'), at(0));
	assert.deepEqual(moveFrom(at(1), 'first'), at(0));
	assert.deepEqual(moveFrom(at(1), 'last'), at(3));
});

test('a last slide that is extra is not where End leads', () => {
	const trailing = slides.slice(0, 3);
	assert.deepEqual(moved(trailing, at(0), 'last', false), at(1, 3));
	assert.deepEqual(moved(trailing, at(0), 'last', true), at(2, 2));
});

test('an address names a slide and, from the second on, its increment', () => {
	assert.equal(hashOf(slides, at(1, 1)), '#claims');
	assert.equal(hashOf(slides, at(1, 2)), '#claims.2');
	assert.deepEqual(positionOf(slides, 'claims'), at(1));
	assert.deepEqual(positionOf(slides, 'claims.2'), at(1, 2));
	assert.deepEqual(positionOf(slides, 'claims.9'), at(1, 3));
	assert.deepEqual(positionOf(slides, 'claims.0'), at(1, 1));
	assert.equal(positionOf(slides, 'nowhere'), undefined);
	assert.equal(positionOf(slides, ''), undefined);
});

test('a slide whose id looks like an increment is found by its id', () => {
	const versions = [
		{ id: 'v1', increments: 4, extra: false },
		{ id: 'v1.2', increments: 1, extra: false },
	];
	assert.deepEqual(positionOf(versions, 'v1.2'), at(1));
	assert.deepEqual(positionOf(versions, 'v1.3'), at(0, 3));
});

test('a hash is decoded, and taken as it is where it cannot be', () => {
	assert.equal(nameIn('#st%C3%BCck'), 'stück');
	assert.equal(nameIn('#100%'), '100%');
	assert.equal(nameIn(''), '');
});

test('slides are counted as they are gone through', () => {
	assert.deepEqual(placeOf(slides, 3, false), { number: 3, count: 3 });
	assert.deepEqual(placeOf(slides, 3, true), { number: 4, count: 4 });
	assert.deepEqual(placeOf(slides, 2, false), { number: 3, count: 4 });
});
