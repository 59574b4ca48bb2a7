import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aggregate } from './aggregate.ts';
import { compileFilter } from './query.ts';
import { compileProjection, sortDocuments } from './shape.ts';
import { fieldsOf, updated } from './update.ts';
import type { Document } from './values.ts';

const people: Document[] = [
	{ _id: 1, name: 'Ada', age: 36, tags: ['math', 'code'], address: { city: 'London' } },
	{ _id: 2, name: 'Grace', age: { $numberLong: '85' }, tags: ['navy'], address: { city: 'New York' } },
	{ _id: 3, name: 'Linus', age: null, tags: [] },
];
const ids = (filter: Document) => people.filter(compileFilter(filter)).map(({ _id }) => _id);

test('filters select as the query operators say', () => {
	for (const [filter, found] of [
		[{}, [1, 2, 3]],
		[{ name: 'Ada' }, [1]],
		[{ age: { $gt: 40 } }, [2]],
		[{ age: { $lte: 85 } }, [1, 2]],
		[{ age: null }, [3]],
		[{ tags: 'code' }, [1]],
		[{ tags: { $size: 0 } }, [3]],
		[{ tags: { $all: ['math', 'code'] } }, [1]],
		[{ 'address.city': { $in: ['London', 'Paris'] } }, [1]],
		[{ address: { $exists: false } }, [3]],
		[{ name: { $regex: '^l', $options: 'i' } }, [3]],
		[{ name: { $regularExpression: { pattern: 'a', options: '' } } }, [1, 2]],
		[{ $or: [{ name: 'Ada' }, { _id: 3 }] }, [1, 3]],
		[{ tags: { $elemMatch: { $eq: 'navy' } } }, [2]],
		[{ name: { $not: { $eq: 'Ada' } } }, [2, 3]],
		[{ _id: { $mod: [2, 1] } }, [1, 3]],
		[{ $expr: { $eq: ['$name', 'Grace'] } }, [2]],
		[{ age: { $type: 'number' } }, [1, 2]],
	] as [Document, number[]][])
		assert.deepEqual(ids(filter), found, JSON.stringify(filter));
	assert.throws(() => ids({ age: { $more: 1 } }), {
		codeName: 'BadValue',
		message: 'unknown operator: $more',
	});
});

test('updates change what they name, and keep the rest', () => {
	const change = (update: Document) => updated(people[0], update, { now: 5, inserting: false });
	assert.deepEqual(change({ $set: { 'address.zip': 7 } }).address, { city: 'London', zip: 7 });
	assert.equal(change({ $inc: { age: 2 } }).age, 38);
	assert.deepEqual(change({ $push: { tags: { $each: ['a', 'b'], $slice: -2 } } }).tags, ['a', 'b']);
	assert.deepEqual(change({ $addToSet: { tags: 'math' } }).tags, ['math', 'code']);
	assert.deepEqual(change({ $pull: { tags: 'math' } }).tags, ['code']);
	assert.equal('age' in change({ $unset: { age: '' } }), false);
	assert.deepEqual(change({ $currentDate: { seen: true } }).seen, { $date: 5 });
	assert.deepEqual(change({ name: 'Eve' }), { _id: 1, name: 'Eve' });
	assert.throws(() => change({ $set: { _id: 9 } }), { codeName: 'ImmutableField' });
	assert.throws(() => change({ $inc: { name: 1 } }), { codeName: 'TypeMismatch' });
	assert.throws(() => change({ $sett: { a: 1 } }), /Unknown modifier: \$sett/);
	assert.equal(people[0].name, 'Ada');
	assert.deepEqual(fieldsOf({ a: 1, b: { $gt: 2 }, c: { $eq: 3 } }), { a: 1, c: 3 });
});

test('a field cannot reach the prototypes of objects', () => {
	assert.throws(() => updated({}, { $set: { '__proto__.polluted': 1 } }, { now: 0, inserting: true }));
	assert.equal(({} as Record<string, unknown>).polluted, undefined);
});

test('sorting and projecting', () => {
	assert.deepEqual(
		sortDocuments(people, { age: -1 }).map(({ _id }) => _id),
		[2, 1, 3],
	);
	assert.deepEqual(compileProjection({ name: 1, _id: 0 })(people[0]), { name: 'Ada' });
	assert.deepEqual(compileProjection({ 'address.city': 1 })(people[0]), {
		_id: 1,
		address: { city: 'London' },
	});
	assert.deepEqual(compileProjection({ tags: 0, address: 0 })(people[2]), {
		_id: 3,
		name: 'Linus',
		age: null,
	});
	assert.throws(() => compileProjection({ a: 1, b: 0 }), /Cannot do exclusion on field b/);
});

test('pipelines', () => {
	const run = (...pipeline: Document[]) =>
		aggregate(people, pipeline, { collection: () => people, random: () => 0 });
	assert.deepEqual(run({ $match: { _id: { $lt: 3 } } }, { $group: { _id: null, sum: { $sum: '$age' } } }), [
		{ _id: null, sum: 121 },
	]);
	assert.deepEqual(run({ $unwind: '$tags' }, { $sortByCount: '$tags' })[0], { _id: 'math', count: 1 });
	assert.deepEqual(run({ $count: 'n' }), [{ n: 3 }]);
	assert.deepEqual(run({ $project: { _id: 0, shout: { $toUpper: '$name' } } }, { $limit: 1 }), [
		{ shout: 'ADA' },
	]);
	assert.throws(() => run({ $foo: {} }), /Unrecognized pipeline stage name: '\$foo'/);
});
