// The commands that wait for something: logs, wait, rollout.
import { type AnyObject, type Context, Failure, reached, refusal } from './context.ts';
import { timestamp } from './get.ts';
import { pathOf, type Resources, selection, shownName, type Target, targetsOf } from './resources.ts';
import { jsonPathText } from './template.ts';

export async function logs(context: Context, resources: Resources): Promise<number> {
	const { flags } = context;
	const pods = await resources.named('pods');
	const [name, container] = flags.operands;
	let names = name === undefined ? [] : [name.replace(/^(?:pods?|po)\//, '')];
	if (names.some((each) => each.includes('/')))
		throw new Failure("error: the lab's kubectl shows logs of pods, by name or by -l");
	if (flags.text('selector')) {
		const target = pathOf(pods, context.namespace) + selection(context);
		const { items } = await context.askFor<{ items: AnyObject[] }>({ method: 'GET', target });
		names = items.map(({ metadata }) => metadata.name);
	}
	if (names.length === 0)
		throw new Failure(
			"error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command",
		);
	const query = new URLSearchParams();
	if (flags.text('container') || container) query.set('container', flags.text('container') || container);
	if (flags.is('follow')) query.set('follow', 'true');
	if (flags.is('previous')) query.set('previous', 'true');
	if (flags.is('timestamps')) query.set('timestamps', 'true');
	if (flags.has('tail')) query.set('tailLines', flags.text('tail'));
	if (flags.has('since')) query.set('sinceSeconds', String(Math.ceil(flags.number('since', 0) / 1000)));
	const { client } = context;
	for (const pod of names) {
		const target = `${pathOf(pods, context.namespace, pod)}/log?${query}`;
		const { status } = await reached(client.server, async () => {
			const response = await client.open({ method: 'GET', target, accept: '*/*' });
			const decoder = new TextDecoder();
			let refused = '';
			for await (const part of response.body ?? []) {
				if (response.status < 400) await context.process.write(1, part);
				else refused += decoder.decode(part, { stream: true });
			}
			if (response.status >= 400) throw refusal(response.status, refused);
			return response;
		});
		if (status >= 400) return 1;
	}
	return 0;
}

interface Condition {
	type: string;
	status: string;
}

/** Whether an object is as `--for` wants it; `undefined` is an object that is gone. */
function conditionOf(wanted: string): (object: AnyObject | undefined) => boolean {
	if (wanted === 'delete') return (object) => object === undefined;
	if (wanted === 'create') return (object) => object !== undefined;
	const [, condition, status = 'true'] = /^condition=([^=]+)(?:=(.*))?$/i.exec(wanted) ?? [];
	if (condition !== undefined)
		return (object) =>
			((object?.status as { conditions?: Condition[] } | undefined)?.conditions ?? []).some(
				(each) =>
					each.type.toLowerCase() === condition.toLowerCase() &&
					each.status.toLowerCase() === status.toLowerCase(),
			);
	const [, path, value] = /^jsonpath=(\{.*\}|[^=]*)(?:=(.*))?$/.exec(wanted) ?? [];
	if (path === undefined) throw new Failure(`error: unrecognized condition: "${wanted}"`);
	const template = path.replace(/^'|'$/g, '');
	return (object) => {
		const found = object && jsonPathText(template.startsWith('{') ? template : `{${template}}`, object);
		return value === undefined ? Boolean(found) : found === value.replace(/^'|'$/g, '');
	};
}

/** Looks every half a second of the cluster's time until `holds`, and says whether it did in time. */
async function until(context: Context, limit: number, holds: () => Promise<boolean>): Promise<boolean> {
	const { process } = context;
	const end = process.clock.now() + limit;
	for (;;) {
		if (await holds()) return true;
		if (process.clock.now() >= end) return false;
		await process.sleep(500);
	}
}

export async function wait(context: Context, resources: Resources): Promise<number> {
	const { flags } = context;
	if (!flags.text('for')) throw new Failure('error: required flag(s) "for" not set');
	const holds = conditionOf(flags.text('for'));
	let targets: Target[] = await targetsOf(resources, flags.operands);
	if (targets.length === 0 && flags.operands.length === 1) {
		for (const resource of await resources.list(flags.operands[0])) {
			const target = pathOf(resource, context.namespace) + selection(context);
			const { items } = await context.askFor<{ items: AnyObject[] }>({ method: 'GET', target });
			targets = [...targets, ...items.map(({ metadata }) => ({ resource, name: metadata.name }))];
		}
		if (targets.length === 0 && flags.text('for') !== 'delete')
			throw new Failure('error: no matching resources found');
	}
	const start = context.process.clock.now();
	const timeout = flags.number('timeout', 30_000);
	for (const { resource, name } of targets) {
		const path = pathOf(resource, context.namespace, name);
		if (flags.text('for') !== 'delete' && flags.text('for') !== 'create')
			await context.ask({ method: 'GET', target: path });
		const left = timeout - (context.process.clock.now() - start);
		if (!(await until(context, Math.max(0, left), async () => holds(await context.find(path)))))
			throw new Failure(
				`error: timed out waiting for the condition on ${resource.plural}${resource.group ? `.${resource.group}` : ''}/${name}`,
			);
		await context.print(`${shownName(resource, name)} condition met\n`);
	}
	return 0;
}

interface Workload extends AnyObject {
	metadata: AnyObject['metadata'] & { generation: number };
	spec: { replicas?: number; updateStrategy?: { type: string; rollingUpdate?: { partition?: number } } };
	status: Record<string, number | string | undefined>;
}

/** What `rollout status` says of a workload as it is, and whether it is over (pkg/polymorphichelpers/rollout_status.go). */
function rollout(object: Workload): { words: string; over: boolean } {
	const { kind, metadata, spec, status } = object;
	const count = (field: string) => Number(status[field] ?? 0);
	const { name } = metadata;
	const replicas = spec.replicas ?? 1;
	if (count('observedGeneration') < metadata.generation)
		return { words: `Waiting for ${kind.toLowerCase()} spec update to be observed...`, over: false };
	if (kind === 'Deployment') {
		const waiting = `Waiting for deployment "${name}" rollout to finish: `;
		if (count('updatedReplicas') < replicas)
			return {
				words: `${waiting}${count('updatedReplicas')} out of ${replicas} new replicas have been updated...`,
				over: false,
			};
		if (count('replicas') > count('updatedReplicas'))
			return {
				words: `${waiting}${count('replicas') - count('updatedReplicas')} old replicas are pending termination...`,
				over: false,
			};
		if (count('availableReplicas') < count('updatedReplicas'))
			return {
				words: `${waiting}${count('availableReplicas')} of ${count('updatedReplicas')} updated replicas are available...`,
				over: false,
			};
		return { words: `deployment "${name}" successfully rolled out`, over: true };
	}
	if (kind === 'DaemonSet') {
		const [wanted, updated] = [count('desiredNumberScheduled'), count('updatedNumberScheduled')];
		const waiting = `Waiting for daemon set "${name}" rollout to finish: `;
		if (updated < wanted)
			return { words: `${waiting}${updated} out of ${wanted} new pods have been updated...`, over: false };
		if (count('numberAvailable') < wanted)
			return {
				words: `${waiting}${count('numberAvailable')} of ${wanted} updated pods are available...`,
				over: false,
			};
		return { words: `daemon set "${name}" successfully rolled out`, over: true };
	}
	if (count('readyReplicas') < replicas)
		return { words: `Waiting for ${replicas - count('readyReplicas')} pods to be ready...`, over: false };
	const partition = spec.updateStrategy?.rollingUpdate?.partition;
	if (partition !== undefined) {
		if (count('updatedReplicas') < replicas - partition)
			return {
				words: `Waiting for partitioned roll out to finish: ${count('updatedReplicas')} out of ${replicas - partition} new pods have been updated...`,
				over: false,
			};
		return {
			words: `partitioned roll out complete: ${count('updatedReplicas')} new pods have been updated...`,
			over: true,
		};
	}
	if (status.updateRevision !== status.currentRevision)
		return {
			words: `waiting for statefulset rolling update to complete ${count('updatedReplicas')} pods at revision ${status.updateRevision}...`,
			over: false,
		};
	return {
		words: `statefulset rolling update complete ${count('currentReplicas')} pods at revision ${status.currentRevision}...`,
		over: true,
	};
}

export async function rolloutCommand(context: Context, resources: Resources): Promise<number> {
	const [action, ...operands] = context.flags.operands;
	const targets = await targetsOf(resources, operands);
	if (targets.length === 0) throw new Failure('error: required resource not specified');
	for (const { resource, name } of targets) {
		const target = pathOf(resource, context.namespace, name);
		if (action === 'restart') {
			const annotations = { 'kubectl.kubernetes.io/restartedAt': timestamp(context.process.clock.now()) };
			const text = JSON.stringify({ spec: { template: { metadata: { annotations } } } });
			await context.ask({
				method: 'PATCH',
				target,
				body: { type: 'application/strategic-merge-patch+json', text },
			});
			await context.print(`${shownName(resource, name)} restarted\n`);
			continue;
		}
		if (action !== 'status')
			throw new Failure(`error: the lab's kubectl has rollout status and restart, not "${action}"`);
		if (!['Deployment', 'DaemonSet', 'StatefulSet'].includes(resource.kind))
			throw new Failure(`error: no status viewer has been implemented for ${resource.kind}`);
		let said = '';
		const over = await until(
			context,
			context.flags.number('timeout', 0) || Number.POSITIVE_INFINITY,
			async () => {
				const state = rollout(await context.askFor<Workload>({ method: 'GET', target }));
				if (state.words !== said) await context.print(`${state.words}\n`);
				said = state.words;
				return state.over;
			},
		);
		if (!over) throw new Failure('error: timed out waiting for the condition');
	}
	return 0;
}
