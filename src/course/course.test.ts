import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrangeChapters, courseSchema } from './course.ts';

const course = (parts: { title: string; chapters: string[] }[]) => courseSchema.parse({ title: 'C', parts });

test('parts keep their order, and chapters that none names come last, by name', () => {
	assert.deepEqual(arrangeChapters(course([{ title: 'One', chapters: ['b', 'a'] }]), ['a', 'b', 'd', 'c']), [
		{ title: 'One', chapters: ['b', 'a'] },
		{ title: '', chapters: ['c', 'd'] },
	]);
});

test('a chapter that is not there, or is named twice, is refused with what to do', () => {
	assert.throws(
		() => arrangeChapters(course([{ title: 'One', chapters: ['x'] }]), ['a']),
		/names the chapter “x”, which is not there\. Make chapters\/x\/index\.mdx/,
	);
	assert.throws(
		() => arrangeChapters(course([{ title: 'One', chapters: ['a', 'a'] }]), ['a']),
		/“a” is named twice/,
	);
});

test('an unknown field of course.yaml is refused', () => {
	assert.throws(() => courseSchema.parse({ title: 'C', chapter: [] }), /chapter/);
});
