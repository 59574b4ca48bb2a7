// What a Job may be, and what of it may change (k8s.io/kubernetes/pkg/apis/batch/validation).
import type { Job, JobSpec, PodTemplateSpec } from '../../schema/types.ts';
import { deepEqual } from '../deep-equal.ts';
import { type FieldError, invalidValue, notSupported, required, tooLong } from '../field-errors.ts';
import { selectorMatches } from '../selectors/label-selector.ts';
import { validatePodFailurePolicy, validateSuccessPolicy } from './job-policies.ts';
import { immutable, validateLabelSelector, validateNotNegative } from './metadata.ts';
import { dnsLabel, dnsSubdomain } from './names.ts';
import { validatePodTemplate, validateSelected } from './pod-template.ts';

const mostIndexes = 100_000;
const mostWithManyCompletions = 10_000;
const longestManager = 63;

/** The labels that tell whose pods they are; the ones without a prefix are older. */
export const controllerUidLabels = ['controller-uid', 'batch.kubernetes.io/controller-uid'] as const;
export const jobNameLabels = ['job-name', 'batch.kubernetes.io/job-name'] as const;

/** What a Job and a CronJob's template have in common: everything but the selector. */
export function validateJobTemplate(spec: JobSpec, field: string): FieldError[] {
	const errors = (
		[
			'parallelism',
			'completions',
			'activeDeadlineSeconds',
			'backoffLimit',
			'ttlSecondsAfterFinished',
			'backoffLimitPerIndex',
			'maxFailedIndexes',
		] as const
	).flatMap((count) => validateNotNegative(spec[count], `${field}.${count}`));
	if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined)
		errors.push(required(`${field}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified'));
	errors.push(...validateManager(spec, `${field}.managedBy`), ...validateCompletionMode(spec, field));
	if (spec.podFailurePolicy)
		errors.push(...validatePodFailurePolicy(spec, `${field}.podFailurePolicy.rules`));
	if (spec.successPolicy) {
		if (spec.completionMode !== 'Indexed')
			errors.push(
				invalidValue(`${field}.successPolicy`, spec.successPolicy, 'requires indexed completion mode'),
			);
		else errors.push(...validateSuccessPolicy(spec, `${field}.successPolicy.rules`));
	}
	const replacements = spec.podFailurePolicy ? ['Failed'] : ['Failed', 'TerminatingOrFailed'];
	if (spec.podReplacementPolicy !== undefined && !replacements.includes(spec.podReplacementPolicy))
		errors.push(notSupported(`${field}.podReplacementPolicy`, spec.podReplacementPolicy, replacements));
	errors.push(...validatePodTemplate(spec.template, `${field}.template`));
	return [...errors, ...validateRestartPolicy(spec, `${field}.template.spec.restartPolicy`)];
}

function validateManager({ managedBy }: JobSpec, field: string): FieldError[] {
	if (managedBy === undefined) return [];
	const errors: FieldError[] = [];
	const [domain, path, ...more] = managedBy.split('/');
	if (managedBy === '') errors.push(required(field));
	else if (!path || more.length > 0)
		errors.push(invalidValue(field, managedBy, 'must be a domain-prefixed path (such as "acme.io/foo")'));
	else errors.push(...dnsSubdomain(domain).map((fault) => invalidValue(field, domain, fault)));
	if (managedBy.length > longestManager) errors.push(tooLong(field, longestManager));
	return errors;
}

function validateCompletionMode(spec: JobSpec, field: string): FieldError[] {
	const { completionMode, completions, parallelism = 0, backoffLimitPerIndex, maxFailedIndexes } = spec;
	const errors: FieldError[] = [];
	const refuse = (name: 'parallelism' | 'maxFailedIndexes' | 'backoffLimitPerIndex', detail: string) =>
		errors.push(invalidValue(`${field}.${name}`, spec[name], detail));
	if (completionMode !== undefined && completionMode !== 'NonIndexed' && completionMode !== 'Indexed')
		errors.push(notSupported(`${field}.completionMode`, completionMode, ['NonIndexed', 'Indexed']));
	if (completionMode !== 'Indexed') {
		if (completionMode !== undefined && completionMode !== 'NonIndexed') return errors;
		if (backoffLimitPerIndex !== undefined)
			refuse('backoffLimitPerIndex', 'requires indexed completion mode');
		if (maxFailedIndexes !== undefined) refuse('maxFailedIndexes', 'requires indexed completion mode');
		return errors;
	}
	if (completions === undefined)
		errors.push(required(`${field}.completions`, 'when completion mode is Indexed'));
	if (parallelism > mostIndexes)
		refuse('parallelism', `must be less than or equal to ${mostIndexes} when completion mode is Indexed`);
	if (completions !== undefined && maxFailedIndexes !== undefined && maxFailedIndexes > completions)
		refuse('maxFailedIndexes', 'must be less than or equal to completions');
	if ((maxFailedIndexes ?? 0) > mostIndexes)
		refuse('maxFailedIndexes', `must be less than or equal to ${mostIndexes}`);
	if ((completions ?? 0) > mostIndexes && backoffLimitPerIndex !== undefined) {
		const detail = `must be less than or equal to ${mostWithManyCompletions} when completions are above ${mostIndexes} and used with backoff limit per index`;
		if (maxFailedIndexes === undefined)
			errors.push(
				required(`${field}.maxFailedIndexes`, `must be specified when completions is above ${mostIndexes}`),
			);
		if (parallelism > mostWithManyCompletions) refuse('parallelism', detail);
		if ((maxFailedIndexes ?? 0) > mostWithManyCompletions) refuse('maxFailedIndexes', detail);
	}
	return errors;
}

function validateRestartPolicy({ template, podFailurePolicy }: JobSpec, field: string): FieldError[] {
	const policy = template.spec?.restartPolicy;
	if (!policy || policy === 'Always') return [required(field, 'valid values: "OnFailure", "Never"')];
	if (policy !== 'OnFailure' && policy !== 'Never')
		return [notSupported(field, policy, ['OnFailure', 'Never'])];
	if (podFailurePolicy && policy !== 'Never')
		return [invalidValue(field, policy, 'only "Never" is supported when podFailurePolicy is specified')];
	return [];
}

export function validateJob(job: Job): FieldError[] {
	const { spec, metadata } = job;
	const errors = [...validateGeneratedSelector(job), ...validateJobTemplate(spec, 'spec')];
	if (!spec.selector) errors.push(required('spec.selector'));
	else
		errors.push(
			...validateLabelSelector(spec.selector, 'spec.selector'),
			...validateSelected(spec.template, spec.selector, 'spec.template'),
		);
	if (spec.completionMode === 'Indexed' && (spec.completions ?? 0) > 0) {
		const hostname = `${metadata.name}-${(spec.completions ?? 0) - 1}`;
		if (dnsLabel(hostname).length > 0)
			errors.push(
				invalidValue(
					'metadata.name',
					metadata.name,
					`will not able to create pod with invalid DNS label: ${hostname}`,
				),
			);
	}
	return errors;
}

/** Labels that the server gives may also be given by hand, but not otherwise. */
function validateGeneratedSelector({ metadata, spec }: Job): FieldError[] {
	if (spec.manualSelector || !spec.selector) return [];
	const field = 'spec.template.metadata.labels';
	const labels = spec.template.metadata?.labels ?? {};
	const expected: Record<string, string> = {};
	for (const index of [0, 1]) {
		expected[controllerUidLabels[index]] = metadata.uid;
		expected[jobNameLabels[index]] = metadata.name;
	}
	const errors = Object.entries(expected).flatMap(([key, value]) => {
		if (labels[key] === undefined) return [required(`${field}.${key}`, `must be '${value}'`)];
		return labels[key] === value ? [] : [invalidValue(`${field}.${key}`, labels, `must be '${value}'`)];
	});
	if (!selectorMatches(spec.selector, expected))
		errors.push(invalidValue('spec.selector', spec.selector, '`selector` not auto-generated'));
	return errors;
}

export function validateJobUpdate({ spec }: Job, old: Job): FieldError[] {
	const fixed = (field: keyof JobSpec) =>
		deepEqual(spec[field], old.spec[field])
			? []
			: [invalidValue(`spec.${field}`, spec[field] ?? null, immutable)];
	// A Job that has not started may still be moved to other nodes.
	const mayMove = old.spec.suspend === true && old.status?.startTime === undefined;
	const template = mayMove ? withPlacementOf(old.spec.template, spec.template) : old.spec.template;
	return [
		...validateCompletionsUpdate(spec, old.spec),
		...fixed('selector'),
		...(deepEqual(spec.template, template) ? [] : [invalidValue('spec.template', spec.template, immutable)]),
		...fixed('completionMode'),
		...fixed('podFailurePolicy'),
		...fixed('backoffLimitPerIndex'),
		...fixed('managedBy'),
		...fixed('successPolicy'),
	];
}

function validateCompletionsUpdate(spec: JobSpec, old: JobSpec): FieldError[] {
	const { completions, parallelism } = spec;
	if (deepEqual(completions, old.completions)) return [];
	if (spec.completionMode !== 'Indexed')
		return [invalidValue('spec.completions', completions ?? null, immutable)];
	if (completions === undefined || completions === parallelism) return [];
	return [
		invalidValue('spec.completions', completions, 'can only be modified in tandem with spec.parallelism'),
	];
}

/** The old template with what decides about nodes taken from the new one. */
function withPlacementOf(old: PodTemplateSpec, update: PodTemplateSpec): PodTemplateSpec {
	const result = structuredClone(old);
	const { metadata, spec } = update;
	if (!result.spec || !spec) return result;
	const { nodeAffinity: _, ...otherAffinity } = result.spec.affinity ?? {};
	const nodeAffinity = spec.affinity?.nodeAffinity;
	const affinity = { ...otherAffinity, ...(nodeAffinity && { nodeAffinity }) };
	const hasAffinity = Object.keys(affinity).length > 0 || spec.affinity !== undefined;
	const { affinity: __, ...rest } = result.spec;
	result.spec = {
		...rest,
		...(hasAffinity && { affinity }),
		nodeSelector: spec.nodeSelector,
		tolerations: spec.tolerations,
		schedulingGates: spec.schedulingGates,
	};
	const { annotations, labels } = metadata ?? {};
	result.metadata = { ...result.metadata, annotations, labels } as PodTemplateSpec['metadata'];
	return result;
}
