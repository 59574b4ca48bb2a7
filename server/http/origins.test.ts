import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allowedOrigins, isAllowedHost, namesOf } from './origins.ts';

test('a server on one address has one name', () => {
	assert.deepEqual(namesOf('127.0.0.1'), ['127.0.0.1']);
	assert.deepEqual(namesOf('::1'), ['[::1]']);
});

for (const host of ['0.0.0.0', '::']) {
	test(`every name of a server on ${host} may be asked for, this machine's own first`, () => {
		const names = namesOf(host);
		assert.equal(names[0], 'localhost');
		const allowed = allowedOrigins(host, 4321, []);
		assert.deepEqual(
			names.filter((name) => !isAllowedHost(allowed, `${name}:4321`)),
			[],
		);
	});
}
