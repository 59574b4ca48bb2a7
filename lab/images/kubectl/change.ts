// The commands that change something: create, apply, delete, patch, scale, annotate, label.

import { concat } from '../../bytes.ts';
import { decode } from '../../runtime/byte-text.ts';
import { SystemError } from '../../runtime/process.ts';
import { parseYamlDocuments, YamlError } from '../../schema/yaml.ts';
import { type AnyObject, type Context, Failure } from './context.ts';
import { formatted } from './get.ts';
import {
	pathOf,
	type Resource,
	type Resources,
	selection,
	shownName,
	type Target,
	targetsOf,
} from './resources.ts';

async function textOf(context: Context, file: string): Promise<string> {
	const { process } = context;
	if (file !== '-') {
		try {
			return process.files.readText(file.startsWith('/') ? file : `${process.cwd}/${file}`);
		} catch (error) {
			if (!(error instanceof SystemError)) throw error;
			throw new Failure(
				error.code === 'ENOENT'
					? `error: the path "${file}" does not exist`
					: `error: error reading [${file}]: ${error.message.toLowerCase()}`,
			);
		}
	}
	const parts: Uint8Array[] = [];
	for (;;) {
		const part = await process.read(0);
		if (part.length === 0) return decode(concat(parts));
		parts.push(part);
	}
}

/** The objects of the files of `-f`, lists taken apart. Throws Failure. */
async function manifests(context: Context): Promise<AnyObject[]> {
	const files = context.flags.all('filename');
	if (files.length === 0) throw new Failure('error: must specify one of -f and -k');
	const objects: AnyObject[] = [];
	for (const file of files)
		for (const value of documentsOf(await textOf(context, file), file)) {
			const object = value as (AnyObject & { items?: AnyObject[] }) | null;
			if (object === null) continue;
			if (!object.kind || !object.apiVersion)
				throw new Failure(
					`error: error validating "${file}": error validating data: [apiVersion not set, kind not set]`,
				);
			objects.push(...(object.kind === 'List' ? (object.items ?? []) : [object]));
		}
	if (objects.length === 0) throw new Failure('error: no objects passed to apply');
	return objects;
}

function documentsOf(text: string, file: string): unknown[] {
	try {
		return parseYamlDocuments(text);
	} catch (error) {
		if (!(error instanceof YamlError)) throw error;
		throw new Failure(`error: error parsing ${file}: error converting YAML to JSON: yaml: ${error.message}`);
	}
}

const json = (value: unknown, type = 'application/json') => ({ type, text: JSON.stringify(value) });

async function report(context: Context, resource: Resource, object: AnyObject, verb: string): Promise<void> {
	const text = formatted(context, resource, [object], true);
	await context.print(text ?? `${shownName(resource, object.metadata.name)} ${verb}\n`);
}

export async function create(context: Context, resources: Resources): Promise<number> {
	const [kind, name] = context.flags.operands;
	if (kind === 'namespace' || kind === 'ns') {
		if (!name) throw new Failure('error: exactly one NAME is required, got 0');
		return createOne(context, resources, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
	}
	if (kind === 'job' && context.flags.text('from')) return createJob(context, resources, name);
	if (kind !== undefined)
		throw new Failure(
			`error: the lab's kubectl creates from files, namespaces, and jobs --from=cronjob/NAME, not "${kind}"`,
		);
	for (const object of await manifests(context)) await createOne(context, resources, object);
	return 0;
}

async function createOne(context: Context, resources: Resources, object: AnyObject): Promise<number> {
	const resource = await resources.of(object.apiVersion, object.kind);
	const target = pathOf(resource, object.metadata.namespace ?? context.namespace);
	const stored = await context.askFor<AnyObject>({ method: 'POST', target, body: json(object) });
	await report(context, resource, stored, 'created');
	return 0;
}

/** `create job NAME --from=cronjob/OTHER`: the CronJob's template, run now. */
async function createJob(context: Context, resources: Resources, name = ''): Promise<number> {
	const [{ resource, name: from }] = await targetsOf(resources, [context.flags.text('from')]);
	const cronJob = await context.askFor<AnyObject>({
		method: 'GET',
		target: pathOf(resource, context.namespace, from),
	});
	const { jobTemplate } = cronJob.spec as { jobTemplate: { metadata?: object; spec: unknown } };
	return createOne(context, resources, {
		apiVersion: 'batch/v1',
		kind: 'Job',
		metadata: {
			...jobTemplate.metadata,
			name,
			annotations: { 'cronjob.kubernetes.io/instantiate': 'manual' },
			ownerReferences: [
				{ apiVersion: 'batch/v1', kind: 'CronJob', name: from, uid: cronJob.metadata.uid, controller: true },
			],
		},
		spec: jobTemplate.spec,
	});
}

/** Applies on the server's side, under the name that kubectl's own apply has there. */
export async function apply(context: Context, resources: Resources): Promise<number> {
	let code = 0;
	for (const object of await manifests(context)) {
		const resource = await resources.of(object.apiVersion, object.kind);
		const path = pathOf(resource, object.metadata.namespace ?? context.namespace, object.metadata.name);
		try {
			const before = await context.find(path);
			const stored = await context.askFor<AnyObject>({
				method: 'PATCH',
				target: `${path}?fieldManager=kubectl-client-side-apply&force=true`,
				body: json(object, 'application/apply-patch+yaml'),
			});
			const same = before?.metadata.resourceVersion === stored.metadata.resourceVersion;
			await report(
				context,
				resource,
				stored,
				before === undefined ? 'created' : same ? 'unchanged' : 'configured',
			);
		} catch (error) {
			if (!(error instanceof Failure)) throw error;
			await context.say(error.message);
			code = error.code;
		}
	}
	return code;
}

/** What is named, chosen by labels, or every one with --all. Throws Failure. */
async function chosen(context: Context, resources: Resources): Promise<Target[]> {
	const { flags } = context;
	if (flags.has('filename'))
		return Promise.all(
			(await manifests(context)).map(async ({ apiVersion, kind, metadata }) => ({
				resource: await resources.of(apiVersion, kind),
				name: metadata.name,
			})),
		);
	const targets = await targetsOf(resources, flags.operands);
	if (targets.length > 0) return targets;
	const [words] = flags.operands;
	if (words === undefined)
		throw new Failure('error: You must provide one or more resources by argument or filename.');
	if (!flags.is('all') && !flags.text('selector') && !flags.text('field-selector'))
		throw new Failure('error: resource(s) were provided, but no name was specified');
	const found: Target[] = [];
	for (const resource of await resources.list(words)) {
		const target = pathOf(resource, context.namespace) + selection(context);
		const { items } = await context.askFor<{ items: AnyObject[] }>({ method: 'GET', target });
		found.push(...items.map(({ metadata }) => ({ resource, name: metadata.name })));
	}
	return found;
}

export async function remove(context: Context, resources: Resources): Promise<number> {
	const { flags } = context;
	const targets = await chosen(context, resources);
	if (targets.length === 0) await context.print('No resources found\n');
	let code = 0;
	const gone: string[] = [];
	const options = {
		...(flags.has('grace-period') ? { gracePeriodSeconds: flags.number('grace-period', 30) } : {}),
		...(flags.is('force') ? { gracePeriodSeconds: 0 } : {}),
		propagationPolicy: flags.text('cascade') === 'orphan' ? 'Orphan' : 'Background',
	};
	for (const { resource, name } of targets) {
		const path = pathOf(resource, context.namespace, name);
		try {
			await context.ask({ method: 'DELETE', target: path, body: json(options) });
			const where = resource.namespaced ? ` from ${context.namespace} namespace` : '';
			const shown = shownName(resource, name).replace(/\/.*/, '');
			await context.print(
				flags.text('output') === 'name'
					? `${shownName(resource, name)}\n`
					: `${shown} "${name}" deleted${where}\n`,
			);
			gone.push(path);
		} catch (error) {
			if (!(error instanceof Failure)) throw error;
			if (flags.is('ignore-not-found') && error.message.includes('(NotFound)')) continue;
			await context.say(error.message);
			code = 1;
		}
	}
	if (flags.text('wait') === 'false') return code;
	for (const path of gone) while (await context.find(path)) await context.process.sleep(500);
	return code;
}

const patchTypes: Record<string, string> = {
	strategic: 'application/strategic-merge-patch+json',
	merge: 'application/merge-patch+json',
	json: 'application/json-patch+json',
};

export async function patch(context: Context, resources: Resources): Promise<number> {
	const { flags } = context;
	const kind = flags.text('type') || 'strategic';
	const type = Object.hasOwn(patchTypes, kind) ? patchTypes[kind] : undefined;
	if (type === undefined)
		throw new Failure(`error: --type must be one of [json merge strategic], not "${kind}"`);
	if (!flags.text('patch'))
		throw new Failure('error: must specify --patch or --patch-file containing the contents of the patch');
	for (const { resource, name } of await targetsOf(resources, flags.operands)) {
		const path = pathOf(resource, context.namespace, name);
		const before = await context.askFor<AnyObject>({ method: 'GET', target: path });
		const body = { type, text: flags.text('patch') };
		const subresource = flags.text('subresource') ? `/${flags.text('subresource')}` : '';
		const stored = await context.askFor<AnyObject>({ method: 'PATCH', target: path + subresource, body });
		const same = before.metadata.resourceVersion === stored.metadata.resourceVersion;
		await report(context, resource, stored, same ? 'patched (no change)' : 'patched');
	}
	return 0;
}

export async function scale(context: Context, resources: Resources): Promise<number> {
	const { flags } = context;
	if (!flags.has('replicas')) throw new Failure('error: required flag(s) "replicas" not set');
	for (const { resource, name } of await targetsOf(resources, flags.operands)) {
		if (!resource.subresources.includes('scale')) throw new Failure(`error: cannot scale a ${resource.kind}`);
		await context.ask({
			method: 'PATCH',
			target: `${pathOf(resource, context.namespace, name)}/scale`,
			body: json({ spec: { replicas: flags.number('replicas', 1) } }, patchTypes.merge),
		});
		await context.print(`${shownName(resource, name)} scaled\n`);
	}
	return 0;
}

/** `label` and `annotate`: `key=value` sets, `key-` takes away. */
export async function mark(
	context: Context,
	resources: Resources,
	field: 'labels' | 'annotations',
): Promise<number> {
	const { operands } = context.flags;
	const changes = operands.filter(
		(operand) => /^[^=]+(?:=.*|-)$/s.test(operand) && !/^[^=]*\/[^=-]*$/.test(operand),
	);
	const named = operands.filter((operand) => !changes.includes(operand));
	if (changes.length === 0)
		throw new Failure(
			`error: at least one ${field === 'labels' ? 'label' : 'annotation'} update is required`,
		);
	const values = Object.fromEntries(
		changes.map((change): [string, string | null] =>
			change.includes('=')
				? [change.split('=')[0], change.slice(change.indexOf('=') + 1)]
				: [change.slice(0, -1), null],
		),
	);
	for (const { resource, name } of await targetsOf(resources, named)) {
		const path = pathOf(resource, context.namespace, name);
		const { metadata } = await context.askFor<AnyObject>({ method: 'GET', target: path });
		const present = (metadata[field] ?? {}) as Record<string, string>;
		if (!context.flags.is('overwrite'))
			for (const [key, value] of Object.entries(values))
				if (value !== null && Object.hasOwn(present, key) && present[key] !== value)
					throw new Failure(
						field === 'labels'
							? `error: '${key}' already has a value (${present[key]}), and --overwrite is false`
							: `error: --overwrite is false but found the following declared annotation(s): '${key}' already has a value (${present[key]})`,
					);
		await context.ask({
			method: 'PATCH',
			target: path,
			body: json({ metadata: { [field]: values } }, patchTypes.merge),
		});
		const removes = Object.values(values).every((value) => value === null);
		const done = field === 'annotations' ? 'annotated' : removes ? 'unlabeled' : 'labeled';
		await context.print(`${shownName(resource, name)} ${done}\n`);
	}
	return 0;
}
