import type { Job, JobSpec } from '../../schema/types.ts';
import { setPodTemplateDefaults } from '../defaults/pod-spec.ts';
import { defineResource } from '../registry.ts';
import { controllerUidLabels, jobNameLabels, validateJob, validateJobUpdate } from '../validation/job.ts';
import { validateNotNegative } from '../validation/metadata.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { ageColumn, containerColumns, humanDuration, nameColumn, selectorColumn } from './columns.ts';

export function setJobSpecDefaults(spec: JobSpec): void {
	if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
	spec.parallelism ??= 1;
	spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : 2 ** 31 - 1;
	spec.completionMode ||= 'NonIndexed';
	spec.suspend ??= false;
	spec.manualSelector ??= false;
	spec.podReplacementPolicy ??= spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed';
	for (const rule of spec.podFailurePolicy?.rules ?? [])
		for (const pattern of rule.onPodConditions ?? []) pattern.status ||= 'True';
	setPodTemplateDefaults(spec.template);
}

/** Gives the pods labels of their own, and the Job the selector that finds them. */
function generateSelector({ metadata, spec }: Job): void {
	const template = structuredClone(spec.template);
	const labels: Record<string, string> = {};
	for (const index of [0, 1]) {
		labels[jobNameLabels[index]] = metadata.name;
		labels[controllerUidLabels[index]] = metadata.uid;
	}
	template.metadata = {
		...template.metadata,
		labels: { ...labels, ...template.metadata?.labels },
	} as typeof template.metadata;
	spec.template = template;
	const [, uidLabel] = controllerUidLabels;
	spec.selector = {
		...spec.selector,
		matchLabels: { [uidLabel]: metadata.uid, ...spec.selector?.matchLabels },
	};
}

const hasCondition = ({ status }: Job, type: string) =>
	status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false;

function stateOf(job: Job): string {
	for (const type of ['Complete', 'Failed']) if (hasCondition(job, type)) return type;
	if (job.metadata.deletionTimestamp) return 'Terminating';
	for (const type of ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'])
		if (hasCondition(job, type)) return type;
	return 'Running';
}

function completions({ spec, status }: Job): string {
	const succeeded = status?.succeeded ?? 0;
	if (spec.completions !== undefined) return `${succeeded}/${spec.completions}`;
	return (spec.parallelism ?? 0) > 1 ? `${succeeded}/1 of ${spec.parallelism}` : `${succeeded}/1`;
}

function duration({ status }: Job, now: number): string {
	if (!status?.startTime) return '';
	const end = status.completionTime ? Date.parse(status.completionTime) : now;
	return humanDuration(end - Date.parse(status.startTime));
}

export const jobs = defineResource<Job>({
	group: 'batch',
	version: 'v1',
	kind: 'Job',
	plural: 'jobs',
	singular: 'job',
	categories: ['all'],
	namespaced: true,
	hasStatus: true,
	hasGeneration: true,
	defaultPropagation: {
		policy: 'Orphan',
		warning:
			'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning',
	},
	nameRule: dnsSubdomain,
	setDefaults({ metadata, spec }) {
		setJobSpecDefaults(spec);
		const labels = spec.template.metadata?.labels ?? {};
		if (Object.keys(metadata.labels ?? {}).length === 0 && Object.keys(labels).length > 0)
			metadata.labels = { ...labels };
	},
	prepareForCreate(job) {
		job.status = {};
		if (!job.spec.manualSelector) generateSelector(job);
		if (!job.metadata.labels) job.metadata.labels = { ...job.spec.template.metadata?.labels };
	},
	validate: validateJob,
	validateUpdate: validateJobUpdate,
	validateStatusUpdate: ({ status }) =>
		(['active', 'succeeded', 'failed', 'ready', 'terminating'] as const).flatMap((count) =>
			validateNotNegative(status?.[count], `status.${count}`),
		),
	selectableFields: { 'status.successful': ({ status }) => String(status?.succeeded ?? 0) },
	unknownFieldText: (field) => `field label ${field} not supported for batchv1.Job`,
	columns: [
		nameColumn,
		{ name: 'Status', type: 'string', cell: stateOf },
		{ name: 'Completions', type: 'string', cell: completions },
		{ name: 'Duration', type: 'string', cell: duration },
		ageColumn,
		...containerColumns<Job>(({ spec }) => spec.template),
		selectorColumn<Job>(({ spec }) => spec.selector),
	],
});
