import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestPods } from '../../test-pods.ts';
import { prepare, ShellSyntaxError } from './completeness.ts';

/** What mongosh answers to inputs that are typed one after another. */
async function answers(inputs: readonly string[]): Promise<string[]> {
	const pods = createTestPods();
	const pod = await pods.start('db', 'mongo:8.0');
	await pods.clock.advanceUntil(() => pod.log().includes('Waiting for connections'));
	const { stdout } = await pod.run(['mongosh', '--quiet'], `${inputs.join('\n')}\n`);
	return stdout.split(/^(?:\w+> )+|\n(?:\w+> )+/).slice(1, -1);
}

test('documents are kept, found, counted and changed', async () => {
	const [, all, one, changed, count, index, indexes, twice, sum, dropped] = await answers([
		'db.people.insertMany([{ _id: 1, name: "Ada", age: 36 }, { _id: 2, name: "Grace", age: 85 }])',
		'db.people.find({}, { age: 1 }).sort({ age: -1 })',
		'db.people.findOne({ name: /^A/ })',
		'db.people.updateOne({ name: "Ada" }, { $inc: { age: 1 } })',
		'db.people.countDocuments({ age: { $gt: 36 } })',
		'db.people.createIndex({ name: 1 }, { unique: true })',
		'db.people.getIndexes().map(({ name }) => name)',
		'db.people.insertOne({ name: "Ada" })',
		'db.people.aggregate([{ $group: { _id: null, sum: { $sum: "$age" } } }])',
		'db.people.drop()',
	]);
	assert.equal(all, '[ { _id: 2, age: 85 }, { _id: 1, age: 36 } ]');
	assert.equal(one, "{ _id: 1, name: 'Ada', age: 36 }");
	assert.match(changed, /matchedCount: 1,\n {2}modifiedCount: 1,/);
	assert.equal(count, '2');
	assert.equal(index, 'name_1');
	assert.equal(indexes, "[ '_id_', 'name_1' ]");
	assert.equal(
		twice,
		'MongoServerError: E11000 duplicate key error collection: test.people index: name_1 dup key: { name: "Ada" }',
	);
	assert.equal(sum, '[ { _id: null, sum: 122 } ]');
	assert.equal(dropped, 'true');
});

test('what the shell has of its own: databases, collections, cursors', async () => {
	const [use, , shown, more, end, collections, wrong] = await answers([
		'use shop',
		'for (let i = 0; i < 25; i++) db.items.insertOne({ _id: i, text: "a text that needs some room on its line" })',
		'db.items.find()',
		'it',
		'it',
		'show collections',
		'show nothing',
	]);
	assert.equal(use, 'switched to db shop');
	assert.equal(shown.match(/_id/g)?.length, 20);
	assert(shown.endsWith('\nType "it" for more'));
	assert.equal(more.match(/_id/g)?.length, 5);
	assert.equal(end, 'no cursor');
	assert.equal(collections, 'items');
	assert.match(wrong, /'nothing' is not a valid argument for "show"/);
});

test('values are shown as mongosh shows them', async () => {
	for (const [input, shown] of [
		[
			'({ a: [1, 2], "b-c": null, d: new Date(0) })',
			"{ a: [ 1, 2 ], 'b-c': null, d: ISODate('1970-01-01T00:00:00.000Z') }",
		],
		['ObjectId("65a000000000000000000001")', "ObjectId('65a000000000000000000001')"],
		['[NumberLong(5), NumberInt(5), 5.5]', "[ Long('5'), 5, 5.5 ]"],
		['UUID("00112233-4455-6677-8899-aabbccddeeff")', "UUID('00112233-4455-6677-8899-aabbccddeeff')"],
		['ISODate("2026-01-02")', "ISODate('2026-01-02T00:00:00.000Z')"],
		['new Date().toISOString().slice(0, 10)', '2026-01-01'],
		['"text"', 'text'],
		['async function later() { const one = await 1; return one + 1 }; later()', '2'],
		['Promise.resolve(7)', '7'],
		['nowhere', 'ReferenceError: nowhere is not defined'],
		['null.x', "TypeError: Cannot read properties of null (reading 'x')"],
	])
		assert.deepEqual(await answers([input]), [shown], input);
});

test('programs that would take everything take nothing from others', async () => {
	const results = await answers([
		'Array(1e9).fill(0).map((x) => x)',
		'(function deep() { return deep() })()',
		'/(a+)+$/.test("a".repeat(40) + "b")',
		'eval("while (true) {}")',
		'1 + 1',
	]);
	assert.deepEqual(results, [
		'Error: out of memory',
		'RangeError: Maximum call stack size exceeded',
		'Error: the lab gave this up: too long a computation in one go',
		'Error: the lab gave this up: too long a computation in one go',
		'2',
	]);
});

test('a script runs from a file, and its failure is the exit code', async () => {
	const pods = createTestPods();
	const pod = await pods.start('db', 'mongo:8.0');
	await pods.clock.advanceUntil(() => pod.log().includes('Waiting for connections'));
	await pod.run([
		'sh',
		'-c',
		'echo "db.a.insertOne({ _id: 1 }); print(db.a.countDocuments())" > /tmp/good.js; echo "throw new TypeError(5)" > /tmp/bad.js',
	]);
	assert.deepEqual(await pod.run(['mongosh', '--quiet', '/tmp/good.js']), {
		code: 0,
		stdout: '1\n',
		stderr: '',
	});
	assert.deepEqual(await pod.run(['mongosh', '--quiet', '/tmp/bad.js']), {
		code: 1,
		stdout: '',
		stderr: 'TypeError: 5\n',
	});
	assert.deepEqual(await pod.run(['mongosh', '--port', '9', '--eval', '1']), {
		code: 1,
		stdout: '',
		stderr: 'MongoNetworkError: connect ECONNREFUSED 127.0.0.1:9\n',
	});
	assert.match(
		(await pod.run(['mongosh', '--host', 'nowhere', '--eval', '1'])).stderr,
		/getaddrinfo ENOTFOUND nowhere/,
	);
	assert.equal(
		(await pod.run(['mongosh', '--json', '--quiet', '--eval', 'db.a.findOne()'])).stdout,
		'{\n  "_id": 1\n}\n',
	);
});

test('a new database runs the scripts of its image once', async () => {
	const pods = createTestPods();
	const script =
		'echo "db.seen.insertOne({ _id: 1 })" > /docker-entrypoint-initdb.d/seed.js; exec docker-entrypoint.sh mongod';
	const pod = await pods.start('db', 'mongo:8.0', { command: ['sh', '-c', script] });
	await pods.clock.advanceUntil(() => pod.log().includes('Waiting for connections'));
	assert.match(
		pod.log(),
		/running \/docker-entrypoint-initdb\.d\/seed\.js\n[\s\S]*MongoDB init process complete; ready for start up\./,
	);
	assert.equal((await pod.run(['mongosh', '--quiet', '--eval', 'db.seen.countDocuments()'])).stdout, '1\n');
});

test('incomplete input is told from wrong input', () => {
	for (const [text, incomplete] of [
		['db.a.insertOne({', true],
		['if (true) {', true],
		['`text', true],
		['foo bar', false],
		['}', false],
	] as const)
		assert.throws(
			() => prepare(text),
			(error) => error instanceof ShellSyntaxError && error.incomplete === incomplete,
			text,
		);
	assert.equal(
		prepare('for (const x of await y) z(x)'),
		'for (const x of  y) {(--__rounds<0&&__turn());z(x)}',
	);
});
