import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createVirtualClock } from '../clock.ts';
import { createRandom } from '../random.ts';
import type { KubernetesObject, Pod, Secret, ServiceAccount } from '../schema/types.ts';
import { createServiceAccountTokens, issuer } from './service-account-tokens.ts';

function setUp() {
	const stored = new Map<string, KubernetesObject>();
	const put = <T extends KubernetesObject>(resource: string, name: string, more: object = {}) => {
		const object = { metadata: { name, namespace: 'default', uid: `uid-${name}` }, ...more } as T;
		stored.set(`${resource}/${name}`, object);
		return object;
	};
	const clock = createVirtualClock();
	const tokens = createServiceAccountTokens({
		objects: {
			get: <T>(resource: string, _: string, name: string) => stored.get(`${resource}/${name}`) as T,
		},
		clock,
		random: createRandom(1),
	});
	const account = put<ServiceAccount>('serviceaccounts', 'bob');
	return { stored, put, clock, tokens, account };
}

const audiences = [issuer];

test('a token speaks for its account until it expires', async () => {
	const { tokens, account, clock } = setUp();
	const { token, expiresAt } = tokens.issue({ account, audiences, expirationSeconds: 600 });
	assert.equal(expiresAt, clock.now() + 600_000);
	const { user } = tokens.authenticate(token);
	assert.equal(user.username, 'system:serviceaccount:default:bob');
	assert.equal(user.uid, 'uid-bob');
	assert.deepEqual(user.groups, [
		'system:serviceaccounts',
		'system:serviceaccounts:default',
		'system:authenticated',
	]);
	assert.match(user.extra?.['authentication.kubernetes.io/credential-id'][0] ?? '', /^JTI=[0-9a-f-]{36}$/);
	await clock.advance(661_000);
	assert.throws(() => tokens.authenticate(token), /service account token has expired/);
});

test('a token is for its audiences only', () => {
	const { tokens, account } = setUp();
	const { token } = tokens.issue({ account, audiences: ['vault'], expirationSeconds: 600 });
	assert.throws(
		() => tokens.authenticate(token),
		/token audiences \["vault"\] is invalid for the target audiences \["https:/,
	);
	assert.deepEqual(tokens.authenticate(token, ['vault', 'x']).audiences, ['vault']);
});

test('a token goes with its account, and with what it is bound to', () => {
	const { tokens, account, stored, put } = setUp();
	const pod = put<Pod>('pods', 'p', { spec: { nodeName: 'node1', serviceAccountName: 'bob' } });
	const token = tokens.issueForPod({ pod, expirationSeconds: 3607 });
	const { extra } = tokens.authenticate(token).user;
	assert.deepEqual(extra?.['authentication.kubernetes.io/pod-name'], ['p']);
	put('pods', 'p', { metadata: { name: 'p', namespace: 'default', uid: 'another' } });
	assert.throws(() => tokens.authenticate(token), /pod UID \(another\) does not match/);
	stored.delete('pods/p');
	assert.throws(() => tokens.authenticate(token), /service account token has been invalidated/);
	const free = tokens.issue({ account, audiences, expirationSeconds: 600 }).token;
	stored.delete('serviceaccounts/bob');
	assert.throws(() => tokens.authenticate(free), /serviceaccounts "bob" not found/);
});

test("the token of a pod's own volume lives a year, for clients that read it once", async () => {
	const { tokens, put, clock } = setUp();
	const pod = put<Pod>('pods', 'p', { spec: { serviceAccountName: 'bob' } });
	const token = tokens.issueForPod({ pod, expirationSeconds: 3607 });
	await clock.advance(300 * 24 * 3600 * 1000);
	assert.equal(tokens.authenticate(token).user.username, 'system:serviceaccount:default:bob');
});

test("a secret's token is good while the secret holds it", () => {
	const { tokens, account, put } = setUp();
	const secret = put<Secret>('secrets', 's');
	const token = tokens.issueForSecret(secret, account);
	assert.throws(() => tokens.authenticate(token), /invalidated/);
	put('secrets', 's', { data: { token: btoa(token) } });
	assert.equal(tokens.authenticate(token).user.username, 'system:serviceaccount:default:bob');
});

test('what is no token of this cluster is refused', () => {
	const { tokens } = setUp();
	assert.throws(() => tokens.authenticate('hello'), /invalid bearer token/);
});
