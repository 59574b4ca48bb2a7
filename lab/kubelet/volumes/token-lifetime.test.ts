import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestCluster, logOf, sleeper } from '../../test-cluster.ts';

test('a token is renewed before it expires', async () => {
	const cluster = createTestCluster({ nodes: 1 });
	const projected = {
		sources: [{ serviceAccountToken: { path: 'vault', audience: 'vault', expirationSeconds: 600 } }],
	};
	cluster.createPod('a', {
		volumes: [{ name: 'tokens', projected }],
		containers: [
			{
				...sleeper,
				command: ['sh', '-c', 'while :; do cut -d. -f2 /tokens/vault; sleep 500; done'],
				volumeMounts: [{ name: 'tokens', mountPath: '/tokens' }],
			},
		],
	});
	await cluster.until(() => cluster.isReady('a'));
	await cluster.clock.advance(510_000);
	const [first, second] = (await logOf(cluster, 'a')).trim().split('\n');
	const claims = (part: string) =>
		JSON.parse(atob(part.replaceAll('-', '+').replaceAll('_', '/'))) as {
			aud: string[];
			exp: number;
			iat: number;
		};
	assert.deepEqual(claims(first).aud, ['vault']);
	assert.equal(claims(first).exp - claims(first).iat, 600);
	assert.equal(claims(second).iat - claims(first).iat, 480);
	cluster.lab.stop();
});
