// Scales what an autoscaler names to what its metrics ask for
// (kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale).
import { deepEqual } from '../../api/deep-equal.ts';
import { ApiError } from '../../api/errors.ts';
import { parseLabelSelector, requirementsMatch } from '../../api/selectors/label-selector.ts';
import { formatTime } from '../../schema/time.ts';
import type {
	HorizontalPodAutoscaler,
	HorizontalPodAutoscalerCondition,
	KubernetesObject,
	MetricStatus,
	Pod,
	PodMetrics,
} from '../../schema/types.ts';
import { queueController, type StartController } from '../controller.ts';
import { createWorkQueue, keyOf, splitKey } from '../work-queue.ts';
import { type History, limit, newHistory, recordChange } from './behavior.ts';
import { type Proposal, propose } from './metrics.ts';
import { MetricError } from './replica-calculator.ts';

const autoscalers = 'horizontalpodautoscalers.autoscaling';
/** kube-controller-manager's --horizontal-pod-autoscaler-sync-period; nothing is done without an autoscaler. */
const syncPeriodMs = 15_000;

interface Scale {
	replicas: number;
	statusReplicas: number;
	selector: string;
}

/** A kind that may have a scale subresource. */
export interface ScalableKind {
	readonly key: string;
	readonly group: string;
	readonly kind: string;
	readonly scale?: {
		get(object: KubernetesObject): Scale;
		set(object: KubernetesObject, replicas: number): void;
	};
}

export interface AutoscalerOptions {
	kinds: { readonly stored: readonly ScalableKind[] };
	/** What the pods of a namespace use. */
	podMetrics(namespace: string): readonly PodMetrics[];
}

export const startHorizontalPodAutoscalerController =
	({ kinds, podMetrics }: AutoscalerOptions): StartController =>
	({ client, clock, events }) => {
		const recorder = events.recorder('horizontal-pod-autoscaler');
		const histories = new Map<string, History>();

		const reconcile = (key: string) => {
			const { namespace, name } = splitKey(key);
			const autoscaler = client.get<HorizontalPodAutoscaler>(autoscalers, namespace, name);
			if (!autoscaler) {
				histories.delete(key);
				return;
			}
			try {
				const round = new Round(structuredClone(autoscaler));
				round.run();
				round.publish(autoscaler);
			} finally {
				queue.addAfter(key, syncPeriodMs);
			}
		};

		/** One look at an autoscaler and what it scales. */
		class Round {
			readonly autoscaler: HorizontalPodAutoscaler;
			readonly now = clock.now();

			constructor(autoscaler: HorizontalPodAutoscaler) {
				this.autoscaler = autoscaler;
				autoscaler.status ??= { desiredReplicas: 0 };
			}

			get status() {
				return this.autoscaler.status as NonNullable<HorizontalPodAutoscaler['status']>;
			}

			run(): void {
				const found = this.target();
				if (!found) return;
				const { kind, object, scale } = found;
				const { minReplicas = 1, maxReplicas } = this.autoscaler.spec;
				const current = scale.replicas;
				this.condition(
					'AbleToScale',
					'True',
					'SucceededGetScale',
					"the HPA controller was able to get the target's current scale",
				);
				let desired = current;
				let reason = '';
				if (current === 0 && minReplicas !== 0) {
					desired = 0;
					this.condition(
						'ScalingActive',
						'False',
						'ScalingDisabled',
						'scaling is disabled since the replica count of the target is zero',
					);
				} else if (current > maxReplicas) {
					reason = 'Current number of replicas above Spec.MaxReplicas';
					desired = maxReplicas;
				} else if (current < minReplicas) {
					reason = 'Current number of replicas below Spec.MinReplicas';
					desired = minReplicas;
				} else {
					const proposal = this.measure(scale);
					if (!proposal) {
						this.status.currentReplicas = current;
						return;
					}
					if (proposal.replicas > current) reason = `${proposal.name} above target`;
					else if (proposal.replicas < current) reason = 'All metrics below target';
					desired = this.limited(current, proposal.replicas);
				}
				if (desired !== current) this.rescale(kind, object, current, desired, reason);
				else this.status.desiredReplicas = desired;
				this.status.currentReplicas = current;
			}

			/** What is scaled; undefined where it is not there. */
			target() {
				const { kind, name, apiVersion = '' } = this.autoscaler.spec.scaleTargetRef;
				const { namespace } = this.autoscaler.metadata;
				const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
				const found = kinds.stored.find((each) => each.kind === kind && each.group === group);
				const refuse = (why: string) => {
					recorder.event(this.autoscaler, 'Warning', 'FailedGetScale', why);
					this.condition(
						'AbleToScale',
						'False',
						'FailedGetScale',
						`the HPA controller was unable to get the target's current scale: ${why}`,
					);
					return undefined;
				};
				if (!found) return refuse(`no matches for kind "${kind}" in group "${group}"`);
				if (!found.scale) return refuse('the server could not find the requested resource');
				const object = client.get<KubernetesObject>(found.key, namespace, name);
				if (!object) return refuse(`${found.key} "${name}" not found`);
				return { kind: found, object, scale: found.scale.get(object) };
			}

			/** The most that a metric asks for; undefined where they cannot tell. */
			measure(scale: Scale): Proposal | undefined {
				const { namespace } = this.autoscaler.metadata;
				const requirements = parseLabelSelector(scale.selector);
				const selected = ({ metadata }: Pod | PodMetrics) => requirementsMatch(requirements, metadata.labels);
				const target = {
					pods: client.list<Pod>('pods', namespace, selected),
					metrics: podMetrics(namespace).filter(selected),
					replicas: scale.replicas,
					now: this.now,
				};
				const { metrics = [] } = this.autoscaler.spec;
				const proposals: Proposal[] = [];
				const failures: { error: MetricError; name: string }[] = [];
				const statuses: MetricStatus[] = [];
				for (const metric of metrics) {
					try {
						const proposal = propose(this.autoscaler, metric, target);
						proposals.push(proposal);
						statuses.push(proposal.status);
					} catch (error) {
						if (!(error instanceof MetricError)) throw error;
						recorder.event(this.autoscaler, 'Warning', error.reason, error.message);
						const { resource, containerResource } = metric;
						const name = resource
							? `${resource.name} resource`
							: containerResource
								? `${containerResource.name} container`
								: metric.type.toLowerCase();
						failures.push({ error, name });
						statuses.push({ type: '' } as MetricStatus);
					}
				}
				this.status.currentMetrics = statuses;
				const most = proposals.reduce<Proposal | undefined>(
					(best, each) => (!best || each.replicas > best.replicas ? each : best),
					undefined,
				);
				const [first] = failures;
				if (first && (!most || most.replicas < scale.replicas)) {
					const message = `invalid metrics (${failures.length} invalid out of ${metrics.length}), first error is: failed to get ${first.name} metric value: ${first.error.message}`;
					this.condition(
						'ScalingActive',
						'False',
						first.error.reason,
						`the HPA was unable to compute the replica count: ${first.error.message}`,
					);
					recorder.event(this.autoscaler, 'Warning', 'FailedComputeMetricsReplicas', message);
					return undefined;
				}
				if (most)
					this.condition(
						'ScalingActive',
						'True',
						'ValidMetricFound',
						`the HPA was able to successfully calculate a replica count from ${most.name}`,
					);
				return most;
			}

			limited(current: number, wish: number): number {
				const { replicas, able, limited } = limit(this.autoscaler, this.history, current, wish, this.now);
				this.condition(
					'AbleToScale',
					'True',
					able?.reason ?? 'ReadyForNewScale',
					able?.message ?? 'recommended size matches current size',
				);
				this.condition('ScalingLimited', limited.status, limited.reason, limited.message);
				return replicas;
			}

			rescale(kind: ScalableKind, object: KubernetesObject, from: number, to: number, reason: string): void {
				const changed = structuredClone(object);
				kind.scale?.set(changed, to);
				try {
					client.update(`${kind.key}/scale`, changed);
				} catch (error) {
					if (!(error instanceof ApiError)) throw error;
					recorder.event(
						this.autoscaler,
						'Warning',
						'FailedRescale',
						`New size: ${to}; reason: ${reason}; error: ${error.message}`,
					);
					this.condition(
						'AbleToScale',
						'False',
						'FailedUpdateScale',
						`the HPA controller was unable to update the target scale: ${error.message}`,
					);
					return;
				}
				recordChange(this.autoscaler, this.history, from, to, this.now);
				this.condition(
					'AbleToScale',
					'True',
					'SucceededRescale',
					`the HPA controller was able to update the target scale to ${to}`,
				);
				recorder.event(this.autoscaler, 'Normal', 'SuccessfulRescale', `New size: ${to}; reason: ${reason}`);
				this.status.desiredReplicas = to;
				this.status.lastScaleTime = formatTime(this.now);
			}

			get history(): History {
				const key = keyOf(this.autoscaler);
				const history = histories.get(key) ?? newHistory();
				histories.set(key, history);
				return history;
			}

			condition(type: string, value: string, reason: string, message: string): void {
				const conditions = [...(this.status.conditions ?? [])];
				const index = conditions.findIndex((each) => each.type === type);
				const earlier = index < 0 ? undefined : conditions[index];
				const condition: HorizontalPodAutoscalerCondition = {
					type,
					status: value,
					lastTransitionTime: earlier?.status === value ? earlier.lastTransitionTime : formatTime(this.now),
					reason,
					message,
				};
				if (index < 0) conditions.push(condition);
				else conditions[index] = condition;
				this.status.conditions = conditions;
			}

			publish(stored: HorizontalPodAutoscaler): void {
				if (!deepEqual(this.status, stored.status))
					client.updateStatus<HorizontalPodAutoscaler>(autoscalers, this.autoscaler);
			}
		}

		const queue = createWorkQueue({ name: 'horizontal pod autoscaler', clock, reconcile });
		const end = client.watch<HorizontalPodAutoscaler>(autoscalers, ({ type, object, previous }) => {
			if (type === 'ADDED' || (previous && !deepEqual(previous.spec, object.spec)))
				queue.addAfter(keyOf(object), syncPeriodMs);
		});
		return queueController(queue, [end]);
	};
