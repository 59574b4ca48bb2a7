import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContainerStatus, Pod } from '../../schema/types.ts';
import { podState, readyContainers, shownRestarts } from './pod-columns.ts';

const status = (state: ContainerStatus['state'], more: Partial<ContainerStatus> = {}): ContainerStatus => ({
	name: 'c',
	image: 'x',
	imageID: '',
	ready: false,
	restartCount: 0,
	state,
	...more,
});
const pod = (more: Partial<Pod['status']>, deleted = false): Pod =>
	({
		metadata: { name: 'a', ...(deleted && { deletionTimestamp: '2026-01-01T00:00:00Z' }) },
		spec: { containers: [{ name: 'c' }], initContainers: [{ name: 'i' }, { name: 'j' }] },
		status: { phase: 'Pending', ...more },
	}) as Pod;
const initialised = { type: 'Initialized', status: 'True' };
const running = status({ running: { startedAt: '' } }, { ready: true });

test('the state is the one word that says most', () => {
	const done = status({ terminated: { exitCode: 0, reason: 'Completed' } });
	for (const [given, word] of [
		[pod({}), 'Pending'],
		[pod({ initContainerStatuses: [status({ waiting: { reason: 'PodInitializing' } })] }), 'Init:0/2'],
		[pod({ initContainerStatuses: [done, status({ running: {} })] }), 'Init:1/2'],
		[
			pod({ initContainerStatuses: [status({ terminated: { exitCode: 1, reason: 'Error' } })] }),
			'Init:Error',
		],
		[
			pod({ initContainerStatuses: [status({ waiting: { reason: 'CrashLoopBackOff' } })] }),
			'Init:CrashLoopBackOff',
		],
		[
			pod({
				initContainerStatuses: [done, done],
				containerStatuses: [status({ waiting: { reason: 'PodInitializing' } })],
			}),
			'PodInitializing',
		],
		[pod({ phase: 'Running', conditions: [initialised], containerStatuses: [running] }), 'Running'],
		[
			pod({
				phase: 'Running',
				containerStatuses: [running, status({ waiting: { reason: 'CrashLoopBackOff' } })],
			}),
			'CrashLoopBackOff',
		],
		[pod({ phase: 'Running', containerStatuses: [status({ terminated: { exitCode: 3 } })] }), 'ExitCode:3'],
		[pod({ phase: 'Running', containerStatuses: [done, running] }), 'NotReady'],
		[pod({ phase: 'Succeeded', containerStatuses: [done] }), 'Completed'],
		[pod({ phase: 'Running', containerStatuses: [running] }, true), 'Terminating'],
		[pod({ phase: 'Failed', reason: 'Evicted' }), 'Evicted'],
	] as const)
		assert.equal(podState(given), word);
});

test('ready containers and restarts are counted, the last restart with its age', () => {
	const finishedAt = '2026-01-01T00:00:00Z';
	const restarted = status(
		{ running: { startedAt: '' } },
		{ ready: true, restartCount: 2, lastState: { terminated: { exitCode: 1, finishedAt } } },
	);
	const given = pod({ phase: 'Running', containerStatuses: [restarted] });
	assert.equal(readyContainers(given), '1/1');
	assert.equal(shownRestarts(given, Date.parse(finishedAt) + 65_000), '2 (65s ago)');
	assert.equal(shownRestarts(pod({}), 0), '0');
});
