// Making room for a pod of higher priority by taking others away
// (kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption).
import { selectorMatches } from '../api/selectors/label-selector.ts';
import { isPodTerminating } from '../controllers/pod-state.ts';
import { parseTime } from '../schema/time.ts';
import type { Pod, PodDisruptionBudget } from '../schema/types.ts';
import { firstRefusal } from './choose-node.ts';
import { type ClusterView, type NodeView, requestedBy } from './cluster-view.ts';
import type { Refusal } from './filters/filter.ts';

export const priorityOf = ({ spec }: Pod): number => spec.priority ?? 0;

export interface Candidate {
	node: string;
	victims: readonly Pod[];
	/** How many of them a disruption budget wants to keep. */
	violations: number;
}

/** Why the pod may not take others away; undefined where it may. */
export function ineligibility(pod: Pod, cluster: ClusterView): string | undefined {
	if (pod.spec.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.';
	const nominated = cluster.nodes.find(({ node }) => node.metadata.name === pod.status?.nominatedNodeName);
	const leaving = nominated?.pods.some(
		(other) => isPodTerminating(other) && priorityOf(other) < priorityOf(pod),
	);
	return leaving ? 'not eligible due to a terminating pod on the nominated node.' : undefined;
}

/** The best node to make room on, or why there is none, node by node as `refusals` are. */
export function findCandidate(
	pod: Pod,
	cluster: ClusterView,
	refusals: readonly Refusal[],
): Candidate | { reasons: string[][] } {
	const candidates: Candidate[] = [];
	const reasons: string[][] = [];
	refusals.forEach(({ preemptionHelps }, index) => {
		if (!preemptionHelps) {
			reasons.push(['Preemption is not helpful for scheduling']);
			return;
		}
		const found = selectVictims(pod, cluster.nodes[index], cluster);
		if ('victims' in found) candidates.push(found);
		else reasons.push(found.reasons);
	});
	if (candidates.length === 0) return { reasons };
	return candidates.reduce((best, each) => (isBetter(each, best) ? each : best));
}

/** The fewest pods of lower priority, as unimportant as can be, without which the pod fits. */
function selectVictims(pod: Pod, view: NodeView, cluster: ClusterView): Candidate | { reasons: string[] } {
	const lower = view.pods.filter((other) => priorityOf(other) < priorityOf(pod));
	if (lower.length === 0) return { reasons: ['No preemption victims found for incoming pod'] };
	const refusalWithout = (gone: ReadonlySet<Pod>) => {
		const pods = view.pods.filter((other) => !gone.has(other));
		const changed: NodeView = { ...view, pods, requested: requestedBy(pods) };
		const nodes = cluster.nodes.map((each) => (each === view ? changed : each));
		return firstRefusal(pod, changed, { ...cluster, nodes });
	};
	const victims = new Set(lower);
	const refusal = refusalWithout(victims);
	if (refusal) return { reasons: refusal.reasons };
	const { violating, others } = byBudget(lower.toSorted(byImportance), cluster);
	let violations = 0;
	// Those that a budget protects have the first chance to stay, and the more important before the less.
	for (const group of [violating, others])
		for (const victim of group) {
			victims.delete(victim);
			if (!refusalWithout(victims)) continue;
			victims.add(victim);
			if (group === violating) violations++;
		}
	return { node: view.node.metadata.name, victims: [...victims].sort(byImportance), violations };
}

const startOf = ({ status }: Pod) => parseTime(status?.startTime) ?? Number.POSITIVE_INFINITY;

/** The more important first: of higher priority, and among equals the one that runs longer. */
function byImportance(a: Pod, b: Pod): number {
	return priorityOf(b) - priorityOf(a) || (startOf(a) < startOf(b) ? -1 : startOf(a) > startOf(b) ? 1 : 0);
}

/** Which of the pods no budget lets go any more when those before them have gone. */
function byBudget(pods: readonly Pod[], { objects }: ClusterView): { violating: Pod[]; others: Pod[] } {
	const budgets = objects.list<PodDisruptionBudget>('poddisruptionbudgets.policy');
	const left = new Map(budgets.map((budget) => [budget, budget.status?.disruptionsAllowed ?? 0]));
	const [violating, others]: Pod[][] = [[], []];
	for (const pod of pods) {
		const { namespace, name, labels } = pod.metadata;
		let violates = false;
		for (const budget of budgets) {
			const { metadata, spec, status } = budget;
			if (metadata.namespace !== namespace || !labels || !selectorMatches(spec?.selector, labels)) continue;
			if (status?.disruptedPods?.[name]) continue;
			const allowed = (left.get(budget) ?? 0) - 1;
			left.set(budget, allowed);
			if (allowed < 0) violates = true;
		}
		(violates ? violating : others).push(pod);
	}
	return { violating, others };
}

/** In kube-scheduler's order: fewer violated budgets, less important victims, fewer of them, younger ones. */
function isBetter(one: Candidate, other: Candidate): boolean {
	const offset = 2 ** 31;
	const measures = ({ violations, victims }: Candidate) => {
		const highest = Math.max(...victims.map(priorityOf));
		const first = victims.filter((pod) => priorityOf(pod) === highest).map(startOf);
		return [
			violations,
			highest,
			victims.reduce((sum, pod) => sum + priorityOf(pod) + offset, 0),
			victims.length,
			-Math.min(...first),
		];
	};
	const [a, b] = [measures(one), measures(other)];
	const index = a.findIndex((value, at) => value !== b[at]);
	return index >= 0 && a[index] < b[index];
}
