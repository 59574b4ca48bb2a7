import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Job } from '../../schema/types.ts';
import { type StatusAnswer, serverUnderTest } from '../server-under-test.ts';
import { formatJobIndexes, JobIndexesError, parseJobIndexes } from '../validation/job-indexes.ts';

const path = '/apis/batch/v1/namespaces/default/jobs';
const template = (spec: object = {}, metadata: object = {}) => ({
	metadata,
	spec: { containers: [{ name: 'c', image: 'busybox' }], restartPolicy: 'Never', ...spec },
});
const draft = (spec: object = {}) => ({
	apiVersion: 'batch/v1',
	kind: 'Job',
	metadata: { name: 'work' },
	spec: { template: template(), ...spec },
});
const merge = { 'content-type': 'application/merge-patch+json' };

async function refusal(spec: object): Promise<string> {
	const { body, status } = await serverUnderTest().send<StatusAnswer>('POST', path, { body: draft(spec) });
	assert.equal(status, 422, JSON.stringify(spec));
	return body.message.replace('Job.batch "work" is invalid: ', '');
}

test('what is left out is filled in', async () => {
	const server = serverUnderTest();
	const { body } = await server.send<Job>('POST', path, { body: draft() });
	const { template: _, selector: __, ...spec } = body.spec;
	assert.deepEqual(spec, {
		backoffLimit: 6,
		completionMode: 'NonIndexed',
		completions: 1,
		manualSelector: false,
		parallelism: 1,
		podReplacementPolicy: 'TerminatingOrFailed',
		suspend: false,
	});
	const queue = { ...draft({ parallelism: 3 }), metadata: { name: 'queue' } };
	const { body: other } = await server.send<Job>('POST', path, { body: queue });
	assert.equal(other.spec.completions, undefined);
});

test('a Job that cannot be is told why', async () => {
	const policy = (rule: object) => ({ podFailurePolicy: { rules: [rule] } });
	const indexed = { completionMode: 'Indexed', completions: 3 };
	for (const [spec, message] of [
		[
			{ template: template({ restartPolicy: 'Always' }) },
			'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
		],
		[
			{ parallelism: -1, completions: -2 },
			'[spec.parallelism: Invalid value: -1: must be greater than or equal to 0, spec.completions: Invalid value: -2: must be greater than or equal to 0]',
		],
		[
			{ completionMode: 'Indexed', parallelism: 2 },
			'spec.completions: Required value: when completion mode is Indexed',
		],
		[
			{ backoffLimitPerIndex: 1 },
			'spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode',
		],
		[
			{ ...indexed, maxFailedIndexes: 4 },
			'[spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified, spec.maxFailedIndexes: Invalid value: 4: must be less than or equal to completions]',
		],
		[
			policy({ action: 'FailIndex', onExitCodes: { operator: 'In', values: [0, 2, 1] } }),
			'[spec.podFailurePolicy.rules[0].action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set, spec.podFailurePolicy.rules[0].onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator, spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: [0,2,1]: must be ordered]',
		],
		[
			policy({ action: 'Ignore' }),
			'spec.podFailurePolicy.rules[0]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required',
		],
		[
			policy({ action: 'Retry', onPodConditions: [{ type: 'DisruptionTarget' }] }),
			'spec.podFailurePolicy.rules[0].action: Unsupported value: "Retry": supported values: "Count", "FailIndex", "FailJob", "Ignore"',
		],
		[
			{ ...indexed, successPolicy: { rules: [{ succeededIndexes: '0-4', succeededCount: 9 }] } },
			'[spec.successPolicy.rules[0].succeededIndexes: Invalid value: "0-4": error parsing succeededIndexes: too large index: "4", spec.successPolicy.rules[0].succeededCount: Invalid value: 9: must be less than or equal to 3 (the number of specified completions), spec.successPolicy.rules[0].succeededCount: Invalid value: 9: must be less than or equal to 0 (the number of indexes in the specified succeededIndexes field)]',
		],
		[
			{ selector: { matchLabels: { a: 'b' } } },
			'[spec.selector: Invalid value: {"matchLabels":{"batch.kubernetes.io/controller-uid":"UID","a":"b"}}: `selector` not auto-generated, spec.template.metadata.labels: Invalid value: {"batch.kubernetes.io/controller-uid":"UID","batch.kubernetes.io/job-name":"work","controller-uid":"UID","job-name":"work"}: `selector` does not match template `labels`]',
		],
	] as const)
		assert.equal((await refusal(spec)).replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UID'), message);
});

test('completions, template and selector stay; an indexed Job may grow with its parallelism', async () => {
	const server = serverUnderTest();
	await server.send('POST', path, {
		body: draft({ completionMode: 'Indexed', completions: 2, parallelism: 2 }),
	});
	const patch = async (spec: object) =>
		(await server.send<Job & StatusAnswer>('PATCH', `${path}/work`, { body: { spec }, headers: merge })).body;
	assert.match(
		(await patch({ completions: 3 })).message,
		/can only be modified in tandem with spec\.parallelism$/,
	);
	assert.equal((await patch({ completions: 3, parallelism: 3 })).spec.completions, 3);
	const image = { template: { spec: { nodeSelector: { disk: 'ssd' } } } };
	assert.match((await patch(image)).message, /spec\.template: Invalid value: .*: field is immutable$/);

	await server.send('POST', path, { body: { ...draft({ suspend: true }), metadata: { name: 'later' } } });
	const { status } = await server.send('PATCH', `${path}/later`, { body: { spec: image }, headers: merge });
	assert.equal(status, 200);
});

test('sets of indexes are read and written', () => {
	assert.deepEqual(parseJobIndexes('1,3-5,7', 10), [1, 3, 4, 5, 7]);
	assert.equal(formatJobIndexes([7, 3, 4, 5, 1, 0]), '0,1,3-5,7');
	assert.equal(formatJobIndexes([]), '');
	for (const [text, message] of [
		['x', 'cannot convert string to integer for index: "x"'],
		['3,1', 'non-increasing order, previous: 3, current: 1'],
		[
			'1-2-3',
			`the fragment "1-2-3" violates the requirement that an index interval can have at most two parts separated by '-'`,
		],
		['9-12', 'too large index: "12"'],
	])
		assert.throws(() => parseJobIndexes(text, 10), new JobIndexesError(message));
});

test('its state is one word, its duration ends with it', async () => {
	const server = serverUnderTest();
	await server.send('POST', path, { body: draft({ completions: 3 }) });
	interface Table {
		rows: { cells: unknown[] }[];
	}
	const cells = async () => {
		const { body } = await server.send<Table>('GET', path, {
			headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
		});
		return body.rows[0].cells.slice(0, 5);
	};
	assert.deepEqual(await cells(), ['work', 'Running', '0/3', '', '0s']);
	const start = server.clock.now();
	const time = (after: number) => new Date(start + after).toISOString();
	const write = (status: object) =>
		server.send('PATCH', `${path}/work/status`, { body: { status }, headers: merge });
	await write({ startTime: time(0), succeeded: 1 });
	await server.clock.advance(65_000);
	assert.deepEqual(await cells(), ['work', 'Running', '1/3', '65s', '65s']);
	await write({
		succeeded: 3,
		completionTime: time(65_000),
		conditions: [{ type: 'Complete', status: 'True' }],
	});
	await server.clock.advance(600_000);
	assert.deepEqual(await cells(), ['work', 'Complete', '3/3', '65s', '11m']);
});

test('who deletes one without saying what becomes of its pods keeps them, and is warned', async () => {
	const server = serverUnderTest();
	await server.send('POST', path, { body: draft() });
	const { body, headers } = await server.send<Job>('DELETE', `${path}/work`);
	assert.deepEqual(body.metadata.finalizers, ['orphan']);
	assert.match(headers.warning, /^299 - "child pods are preserved by default when jobs are deleted;/);
	await server.send('POST', path, { body: { ...draft(), metadata: { name: 'other' } } });
	const background = await server.send<Job>('DELETE', `${path}/other?propagationPolicy=Background`);
	assert.equal(background.headers.warning, undefined);
});
