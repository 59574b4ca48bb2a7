import type { CronJob } from '../../schema/types.ts';
import { setPodTemplateDefaults } from '../defaults/pod-spec.ts';
import { type FieldError, invalidValue, notSupported, required } from '../field-errors.ts';
import { defineResource } from '../registry.ts';
import { CronScheduleError, isTimeZone, parseCronSchedule } from '../validation/cron-schedule.ts';
import { validateJobTemplate } from '../validation/job.ts';
import { validateNotNegative } from '../validation/metadata.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { age, ageColumn, containerColumns, nameColumn, selectorColumn } from './columns.ts';

/** A Job's name is the CronJob's with 11 more characters, and Jobs have 63. */
const longestName = 52;
const policies = ['Allow', 'Forbid', 'Replace'];

function setDefaults({ spec }: CronJob): void {
	spec.concurrencyPolicy ||= 'Allow';
	spec.suspend ??= false;
	spec.successfulJobsHistoryLimit ??= 3;
	spec.failedJobsHistoryLimit ??= 1;
	setPodTemplateDefaults(spec.jobTemplate.spec?.template);
}

function validateSchedule({ spec }: CronJob, old: CronJob | undefined): FieldError[] {
	const field = 'spec.schedule';
	const { schedule, timeZone } = spec;
	if (!schedule) return [required(field)];
	const errors: FieldError[] = [];
	const refuse = (detail: string) => errors.push(invalidValue(field, schedule, detail));
	try {
		parseCronSchedule(schedule);
	} catch (error) {
		if (!(error instanceof CronScheduleError)) throw error;
		refuse(error.message);
	}
	if (schedule.includes('TZ')) {
		if (!old?.spec.schedule.includes('TZ'))
			refuse('cannot use TZ or CRON_TZ in schedule, use timeZone field instead');
		else if (timeZone !== undefined) refuse('cannot use both timeZone field and TZ or CRON_TZ in schedule');
	}
	return errors;
}

function validateTimeZone(timeZone: string | undefined): FieldError[] {
	const field = 'spec.timeZone';
	if (timeZone === undefined) return [];
	if (timeZone === '') return [invalidValue(field, timeZone, 'timeZone must be nil or non-empty string')];
	const unknown = invalidValue(field, timeZone, `unknown time zone ${timeZone}`);
	const wellFormed = timeZone
		.split('/')
		.every((part) => /^[A-Za-z.\-_0-9+]{1,14}$/.test(part) && !/^(\.{1,2}$|-)/.test(part));
	if (!wellFormed) return [unknown];
	if (timeZone.toLowerCase() === 'local')
		return [
			invalidValue(
				field,
				timeZone,
				'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
			),
			...(timeZone === 'Local' ? [] : [unknown]),
		];
	return isTimeZone(timeZone) ? [] : [unknown];
}

function validateSpec(job: CronJob, old?: CronJob): FieldError[] {
	const { spec } = job;
	const errors = [
		...validateSchedule(job, old),
		...validateNotNegative(spec.startingDeadlineSeconds, 'spec.startingDeadlineSeconds'),
	];
	if (!old || old.spec.timeZone !== spec.timeZone) errors.push(...validateTimeZone(spec.timeZone));
	const policy = spec.concurrencyPolicy ?? '';
	if (!policies.includes(policy)) errors.push(notSupported('spec.concurrencyPolicy', policy, policies));
	const template = spec.jobTemplate.spec ?? { template: {} };
	const field = 'spec.jobTemplate.spec';
	errors.push(...validateJobTemplate(template, field));
	if (template.selector)
		errors.push(invalidValue(`${field}.selector`, template.selector, '`selector` will be auto-generated'));
	if (template.manualSelector) errors.push(notSupported(`${field}.manualSelector`, true, ['nil', 'false']));
	return [
		...errors,
		...validateNotNegative(spec.successfulJobsHistoryLimit, 'spec.successfulJobsHistoryLimit'),
		...validateNotNegative(spec.failedJobsHistoryLimit, 'spec.failedJobsHistoryLimit'),
	];
}

export const cronJobs = defineResource<CronJob>({
	group: 'batch',
	version: 'v1',
	kind: 'CronJob',
	plural: 'cronjobs',
	singular: 'cronjob',
	shortNames: ['cj'],
	categories: ['all'],
	namespaced: true,
	hasStatus: true,
	hasGeneration: true,
	nameRule: dnsSubdomain,
	setDefaults,
	prepareForCreate(job) {
		job.status = {};
	},
	validate(job) {
		const errors = validateSpec(job);
		if (job.metadata.name.length > longestName)
			errors.push(
				invalidValue('metadata.name', job.metadata.name, `must be no more than ${longestName} characters`),
			);
		return errors;
	},
	validatesUpdate: 'change',
	validateUpdate: (job, old) => validateSpec(job, old),
	columns: [
		nameColumn,
		{ name: 'Schedule', type: 'string', cell: ({ spec }) => spec.schedule },
		{ name: 'Timezone', type: 'string', cell: ({ spec }) => spec.timeZone ?? '<none>' },
		{ name: 'Suspend', type: 'boolean', cell: ({ spec }) => (spec.suspend ? 'True' : 'False') },
		{ name: 'Active', type: 'integer', cell: ({ status }) => status?.active?.length ?? 0 },
		{
			name: 'Last Schedule',
			type: 'string',
			cell: ({ status }, now) => (status?.lastScheduleTime ? age(status.lastScheduleTime, now) : '<none>'),
		},
		ageColumn,
		...containerColumns<CronJob>(({ spec }) => spec.jobTemplate.spec?.template),
		selectorColumn<CronJob>(({ spec }) => spec.jobTemplate.spec?.selector),
	],
});
