// What a Job's podFailurePolicy makes of a failed pod
// (kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy).
import type {
	ContainerStatus,
	Job,
	Pod,
	PodFailurePolicyOnExitCodesRequirement,
	PodFailurePolicyRule,
} from '../../schema/types.ts';

export interface FailureVerdict {
	action: 'Count' | 'FailIndex' | 'FailJob' | 'Ignore';
	/** Why the Job fails, where it does. */
	message?: string;
}

/** The first rule that matches decides; a failure that none matches is counted. */
export function judgeFailure({ spec }: Job, pod: Pod): FailureVerdict {
	for (const [index, rule] of (spec.podFailurePolicy?.rules ?? []).entries()) {
		const match = matchRule(rule, pod);
		if (!match) continue;
		const action = rule.action as FailureVerdict['action'];
		return action === 'FailJob'
			? { action, message: `${match} matching FailJob rule at index ${index}` }
			: { action };
	}
	return { action: 'Count' };
}

/** Whether the failure counts towards the limits. */
export const isCounted = (job: Job, pod: Pod): boolean => judgeFailure(job, pod).action !== 'Ignore';

/** What of the pod matches the rule, in words; undefined where nothing does. */
function matchRule(
	{ onExitCodes, onPodConditions = [] }: PodFailurePolicyRule,
	pod: Pod,
): string | undefined {
	const { namespace, name } = pod.metadata;
	if (onExitCodes) {
		const container = findExit(onExitCodes, pod);
		const code = container?.state?.terminated?.exitCode;
		return (
			container && `Container ${container.name} for pod ${namespace}/${name} failed with exit code ${code}`
		);
	}
	const condition = onPodConditions.find(({ type, status = 'True' }) =>
		pod.status?.conditions?.some((each) => each.type === type && each.status === status),
	);
	return condition && `Pod ${namespace}/${name} has condition ${condition.type}`;
}

function findExit(
	{ containerName, operator, values }: PodFailurePolicyOnExitCodesRequirement,
	{ status }: Pod,
): ContainerStatus | undefined {
	const containers = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])];
	return containers.find(({ name, state }) => {
		const code = state?.terminated?.exitCode;
		if (code === undefined || code === 0 || (containerName !== undefined && name !== containerName))
			return false;
		return values.includes(code) === (operator === 'In');
	});
}
