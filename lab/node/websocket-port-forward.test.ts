import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestedPorts } from './websocket-port-forward.ts';

const asked = (query: string) => requestedPorts(`/api/v1/namespaces/default/pods/web/portforward${query}`);

test('the ports are those of the query, in its order', () => {
	assert.deepEqual(asked('?ports=8080'), [8080]);
	assert.deepEqual(asked('?ports=80&ports=443'), [80, 443]);
	assert.deepEqual(asked('?ports=80,65535'), [80, 65_535]);
});

test('what is no port is refused with words', () => {
	assert.equal(asked(''), 'query parameter "port" is required');
	assert.equal(asked('?ports=0'), 'port "0" must be > 0');
	for (const wrong of ['http', '-1', '65536', '', '8 0'])
		assert.equal(asked(`?ports=${encodeURIComponent(wrong)}`), `unable to parse "${wrong}" as a port`);
});
