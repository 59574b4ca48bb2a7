import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectionStringError, readTarget, showTarget } from './connection-string.ts';

test('connection strings, hosts and databases are told apart', () => {
	for (const [text, options, hosts, database, direct] of [
		[undefined, {}, ['127.0.0.1:27017'], 'test', true],
		['shop', {}, ['127.0.0.1:27017'], 'shop', true],
		['db-0.db/shop', {}, ['db-0.db:27017'], 'shop', true],
		['127.0.0.1:27018', {}, ['127.0.0.1:27018'], 'test', true],
		['mongodb://a:1,b/shop?replicaSet=rs0', {}, ['a:1', 'b:27017'], 'shop', false],
		['mongodb://a/?replicaSet=rs0&directConnection=true', {}, ['a:27017'], 'test', true],
		[undefined, { host: 'a', port: '9' }, ['a:9'], 'test', true],
		[undefined, { host: 'rs0/a,b:9' }, ['a:27017', 'b:9'], 'test', false],
	] as const) {
		const target = readTarget(text, options);
		assert.deepEqual([target.hosts, target.database, target.direct], [hosts, database, direct], text);
	}
	assert.throws(() => readTarget('mongodb:///shop', {}), ConnectionStringError);
	assert.throws(() => readTarget('mongodb+srv://a', {}), /name the hosts/);
	assert.equal(
		showTarget(readTarget(undefined, {}), 'mongosh 2'),
		'mongodb://127.0.0.1:27017/?directConnection=true&serverSelectionTimeoutMS=2000&appName=mongosh+2',
	);
});
