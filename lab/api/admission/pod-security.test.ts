import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Container, PodSpec } from '../../schema/types.ts';
import { podDraft, type StatusAnswer, serverUnderTest, statefulSetDraft } from '../server-under-test.ts';
import { describeViolations, type Level, violations } from './pod-security/policy.ts';

const label = (mode: string) => `pod-security.kubernetes.io/${mode}`;

async function withLabels(labels: Record<string, string>) {
	const server = serverUnderTest();
	const body = { metadata: { labels } };
	const headers = { 'content-type': 'application/merge-patch+json' };
	const answer = await server.send<StatusAnswer>('PATCH', '/api/v1/namespaces/default', { body, headers });
	return { ...server, answer };
}

const told = (level: Level, spec: Partial<PodSpec>, container: Partial<Container> = {}, version = 'latest') =>
	describeViolations(
		violations(
			{ level, version },
			{ metadata: {}, spec: { containers: [{ name: 'c', ...container }], ...spec } },
		),
	);

const pods = '/api/v1/namespaces/default/pods';

test('a pod below the enforced level is refused, with everything that is wrong', async () => {
	const { send } = await withLabels({ [label('enforce')]: 'restricted' });
	const { status, body } = await send<StatusAnswer>('POST', pods, { body: podDraft('nginx') });
	assert.equal(status, 403);
	assert.equal(
		body.message,
		'pods "nginx" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "c" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
	);
});

test('a pod that meets the restricted level is let in without a word', async () => {
	const { send } = await withLabels({ [label('enforce')]: 'restricted', [label('warn')]: 'restricted' });
	const securityContext = {
		allowPrivilegeEscalation: false,
		capabilities: { drop: ['ALL'] },
		runAsNonRoot: true,
		seccompProfile: { type: 'RuntimeDefault' },
	};
	const body = podDraft('a', { containers: [{ name: 'c', image: 'nginx', securityContext }] });
	const { status, headers } = await send('POST', pods, { body });
	assert.equal(status, 201);
	assert.equal(headers.warning, undefined);
});

test('what makes pods is warned of, and not refused', async () => {
	const { send } = await withLabels({ [label('enforce')]: 'baseline' });
	const body = statefulSetDraft('web', {
		template: {
			metadata: { labels: { app: 'web' } },
			spec: { hostNetwork: true, containers: [{ name: 'c', image: 'nginx' }] },
		},
	});
	const { status, headers } = await send('POST', '/apis/apps/v1/namespaces/default/statefulsets', { body });
	assert.equal(status, 201);
	assert.equal(
		headers.warning,
		'299 - "would violate PodSecurity \\"baseline:latest\\": host namespaces (hostNetwork=true)"',
	);
});

test('a stricter level warns of the pods that are there', async () => {
	const { send } = await withLabels({});
	await send('POST', pods, { body: podDraft('a', { hostPID: true }) });
	await send('POST', pods, { body: podDraft('b', { hostPID: true }) });
	await send('POST', pods, { body: podDraft('c') });
	const { headers } = await send('PATCH', '/api/v1/namespaces/default', {
		body: { metadata: { labels: { [label('enforce')]: 'baseline' } } },
		headers: { 'content-type': 'application/merge-patch+json' },
	});
	assert.equal(
		headers.warning,
		'299 - "existing pods in namespace \\"default\\" violate the new PodSecurity enforce level \\"baseline:latest\\"", 299 - "a (and 1 other pod): host namespaces"',
	);
});

test('labels that mean nothing are refused', async () => {
	const { answer } = await withLabels({ [label('enforce')]: 'strict', [label('warn-version')]: '1.25' });
	assert.equal(answer.status, 422);
	assert.deepEqual(
		answer.body.details?.causes?.map(({ field, message }) => `${field}: ${message}`),
		[
			`metadata.labels[${label('enforce')}]: Invalid value: "strict": must be one of privileged, baseline, restricted`,
			`metadata.labels[${label('warn-version')}]: Invalid value: "1.25": must be "latest" or "v1.x"`,
		],
	);
});

test('the baseline names each way to more privileges', () => {
	const baseline = (spec: Partial<PodSpec>, container?: Partial<Container>) =>
		told('baseline', spec, container);
	assert.equal(baseline({}), '');
	assert.equal(
		baseline({}, { securityContext: { privileged: true } }),
		'privileged (container "c" must not set securityContext.privileged=true)',
	);
	assert.equal(
		baseline({}, { securityContext: { capabilities: { add: ['SYS_ADMIN', 'CHOWN', 'NET_ADMIN'] } } }),
		'non-default capabilities (container "c" must not include "NET_ADMIN", "SYS_ADMIN" in securityContext.capabilities.add)',
	);
	assert.equal(
		baseline({
			volumes: [
				{ name: 'a', hostPath: { path: '/' } },
				{ name: 'b', hostPath: { path: '/' } },
			],
		}),
		'hostPath volumes (volumes "a", "b")',
	);
	assert.equal(
		baseline({}, { ports: [{ containerPort: 80, hostPort: 80 }] }),
		'hostPort (container "c" uses hostPort 80)',
	);
	assert.equal(
		baseline({ securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } }),
		'forbidden sysctls (kernel.msgmax)',
	);
	assert.equal(
		baseline({ securityContext: { seccompProfile: { type: 'Unconfined' } } }),
		'seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")',
	);
});

test('a version keeps the standard as it was', () => {
	const probe = { livenessProbe: { httpGet: { host: '10.0.0.1', port: 80 } } };
	assert.equal(told('baseline', {}, probe, 'v1.33'), '');
	assert.equal(
		told('baseline', {}, probe, 'v1.34'),
		'probe or lifecycle host (container "c" uses probe or lifecycle host "10.0.0.1")',
	);
	assert.match(told('restricted', { hostUsers: false }, {}, 'v1.34'), /runAsNonRoot/);
	assert.doesNotMatch(told('restricted', { hostUsers: false }), /runAsNonRoot/);
});

test('the restricted level has its own word for volumes', () => {
	const volumes = [{ name: 'a', hostPath: { path: '/' } }];
	const found = told('restricted', { volumes });
	assert.match(found, /restricted volume types \(volume "a" uses restricted volume type "hostPath"\)/);
	assert.doesNotMatch(found, /hostPath volumes/);
});
