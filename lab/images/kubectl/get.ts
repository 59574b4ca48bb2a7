// kubectl get: the server's tables, or the objects in another form.
import { stringify } from 'yaml';
import { strftime } from '../../runtime/programs/dates.ts';
import { type AnyObject, type Context, Failure } from './context.ts';
import {
	pathOf,
	type Resource,
	type Resources,
	selection,
	shownName,
	type Target,
	targetsOf,
} from './resources.ts';
import { customColumns, jsonPathText } from './template.ts';

interface Table {
	columnDefinitions: { name: string; priority: number }[];
	rows: { cells: unknown[]; object: AnyObject }[];
}

const tableAccept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

/** Columns padded to their widest cell, three blanks apart. */
export function aligned(rows: readonly (readonly string[])[]): string {
	const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column].length)));
	return rows
		.map(
			(row) =>
				`${row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] + 3))).join('')}\n`,
		)
		.join('');
}

/** What `-o` makes of objects; undefined where it asks for a table. Throws Failure. */
export function formatted(
	context: Context,
	resource: Resource,
	objects: readonly AnyObject[],
	single: boolean,
): string | undefined {
	const output = context.flags.text('output');
	const value = single
		? objects[0]
		: { apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '' }, items: objects };
	const [form, ...rest] = output.split('=');
	const argument = rest.join('=');
	if (output === '' || output === 'wide') return undefined;
	if (form === 'json') return `${JSON.stringify(value, undefined, 4)}\n`;
	if (form === 'yaml') return stringify(value, { lineWidth: 0 });
	if (form === 'name')
		return objects.map(({ metadata }) => `${shownName(resource, metadata.name)}\n`).join('');
	if (form === 'jsonpath') return jsonPathText(argument, value);
	if (form === 'custom-columns') {
		const rows = customColumns(argument, objects);
		return aligned(context.flags.is('no-headers') ? rows.slice(1) : rows);
	}
	throw new Failure(
		`error: unable to match a printer suitable for the output format "${output}", allowed formats are: custom-columns,json,jsonpath,name,wide,yaml`,
	);
}

function tableText(
	context: Context,
	tables: readonly Table[],
	resource: Resource,
	withKind: boolean,
): string {
	const wide = context.flags.text('output') === 'wide';
	const [{ columnDefinitions }] = tables;
	const columns = columnDefinitions.flatMap(({ priority }, index) => (wide || priority === 0 ? [index] : []));
	const everywhere = context.flags.is('all-namespaces') && resource.namespaced;
	const header = columns.map((index) => columnDefinitions[index].name.toUpperCase());
	const rows = tables.flatMap(({ rows }) =>
		rows.map(({ cells, object }) => {
			const shown = columns.map((index) => String(cells[index] ?? '<none>'));
			if (withKind) shown[0] = shownName(resource, shown[0]);
			const labels = Object.entries((object.metadata.labels ?? {}) as Record<string, string>);
			if (context.flags.is('show-labels'))
				shown.push(labels.map(([key, value]) => `${key}=${value}`).join(',') || '<none>');
			return everywhere ? [object.metadata.namespace ?? '', ...shown] : shown;
		}),
	);
	if (context.flags.is('show-labels')) header.push('LABELS');
	const titled = everywhere ? ['NAMESPACE', ...header] : header;
	return aligned(context.flags.is('no-headers') ? rows : [titled, ...rows]);
}

async function getNamed(context: Context, targets: readonly Target[]): Promise<number> {
	let code = 0;
	const byResource = new Map<Resource, string[]>();
	for (const { resource, name } of targets)
		byResource.set(resource, [...(byResource.get(resource) ?? []), name]);
	let first = true;
	for (const [resource, names] of byResource) {
		const tables: Table[] = [];
		for (const name of names) {
			const target = pathOf(resource, context.namespace, name);
			try {
				const asText = context.flags.text('output');
				if (asText !== '' && asText !== 'wide') {
					const object = await context.askFor<AnyObject>({ method: 'GET', target });
					await context.print(formatted(context, resource, [object], true) ?? '');
				} else tables.push(await context.askFor<Table>({ method: 'GET', target, accept: tableAccept }));
			} catch (error) {
				if (!(error instanceof Failure)) throw error;
				if (context.flags.is('ignore-not-found') && error.message.includes('(NotFound)')) continue;
				await context.say(error.message);
				code = 1;
			}
		}
		if (tables.length === 0) continue;
		if (!first) await context.print('\n');
		first = false;
		await context.print(tableText(context, tables, resource, byResource.size > 1));
	}
	return code;
}

export async function get(context: Context, resources: Resources): Promise<number> {
	const { flags } = context;
	if (flags.is('watch'))
		throw new Failure("error: the lab's kubectl does not watch; use kubectl wait or rollout status");
	const targets = await targetsOf(resources, flags.operands);
	if (targets.length > 0) return getNamed(context, targets);
	const [words] = flags.operands;
	if (words === undefined)
		throw new Failure(
			'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\nerror: Required resource not specified.',
		);
	const kinds = await resources.list(words);
	const namespace = flags.is('all-namespaces') ? undefined : context.namespace;
	let printed = 0;
	for (const resource of kinds) {
		const target = pathOf(resource, namespace) + selection(context);
		const output = flags.text('output');
		if (output !== '' && output !== 'wide') {
			const list = await context.askFor<{ apiVersion: string; kind: string; items: AnyObject[] }>({
				method: 'GET',
				target,
			});
			const kind = list.kind.replace(/List$/, '');
			const items = list.items.map((item) => ({ ...item, apiVersion: list.apiVersion, kind }));
			await context.print(formatted(context, resource, items, false) ?? '');
			printed++;
			continue;
		}
		const table = await context.askFor<Table>({ method: 'GET', target, accept: tableAccept });
		if (table.rows.length === 0) continue;
		if (printed++ > 0) await context.print('\n');
		await context.print(tableText(context, [table], resource, kinds.length > 1));
	}
	if (printed === 0)
		await context.say(
			namespace === undefined || kinds.every(({ namespaced }) => !namespaced)
				? 'No resources found'
				: `No resources found in ${namespace} namespace.`,
		);
	return 0;
}

/** Time as the API writes it. */
export function timestamp(at: number): string {
	return strftime('%Y-%m-%dT%H:%M:%SZ', at);
}
