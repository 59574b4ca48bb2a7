import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CronJob } from '../../schema/types.ts';
import { type StatusAnswer, serverUnderTest } from '../server-under-test.ts';

const path = '/apis/batch/v1/namespaces/default/cronjobs';
const draft = (spec: object = {}, name = 'tick') => ({
	apiVersion: 'batch/v1',
	kind: 'CronJob',
	metadata: { name },
	spec: {
		schedule: '* * * * *',
		jobTemplate: {
			spec: { template: { spec: { containers: [{ name: 'c', image: 'busybox' }], restartPolicy: 'Never' } } },
		},
		...spec,
	},
});

test('what is left out is filled in, but the Job of the template is left as it is', async () => {
	const { body } = await serverUnderTest().send<CronJob>('POST', path, { body: draft() });
	const { jobTemplate, ...spec } = body.spec;
	assert.deepEqual(spec, {
		concurrencyPolicy: 'Allow',
		failedJobsHistoryLimit: 1,
		schedule: '* * * * *',
		successfulJobsHistoryLimit: 3,
		suspend: false,
	});
	assert.deepEqual(Object.keys(jobTemplate.spec!), ['template']);
	assert.equal(jobTemplate.spec!.template.spec!.dnsPolicy, 'ClusterFirst');
});

test('a CronJob that cannot be is told why', async () => {
	for (const [spec, message, name] of [
		[{ schedule: '' }, 'spec.schedule: Required value'],
		[
			{ schedule: '* * * *' },
			'spec.schedule: Invalid value: "* * * *": expected exactly 5 fields, found 4: [* * * *]',
		],
		[
			{ schedule: 'TZ=UTC 0 * * * *' },
			'spec.schedule: Invalid value: "TZ=UTC 0 * * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
		],
		[
			{ timeZone: 'Europe/Nowhere' },
			'spec.timeZone: Invalid value: "Europe/Nowhere": unknown time zone Europe/Nowhere',
		],
		[
			{ timeZone: 'Local' },
			'spec.timeZone: Invalid value: "Local": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
		],
		[
			{ concurrencyPolicy: 'Queue', startingDeadlineSeconds: -1 },
			'[spec.startingDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0, spec.concurrencyPolicy: Unsupported value: "Queue": supported values: "Allow", "Forbid", "Replace"]',
		],
		[
			{},
			`metadata.name: Invalid value: "${'x'.repeat(53)}": must be no more than 52 characters`,
			'x'.repeat(53),
		],
	] as [object, string, string?][]) {
		const { body } = await serverUnderTest().send<StatusAnswer>('POST', path, { body: draft(spec, name) });
		assert.equal(body.message, `CronJob.batch "${name ?? 'tick'}" is invalid: ${message}`);
	}
});
