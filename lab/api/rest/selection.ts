// Which objects of a list or watch are meant: namespace, labels and fields.
import type { KubernetesObject } from '../../schema/types.ts';
import { badRequest } from '../errors.ts';
import type { Resource } from '../registry.ts';
import { fieldsMatch, parseFieldSelector } from '../selectors/field-selector.ts';
import { parseLabelSelector, requirementsMatch } from '../selectors/label-selector.ts';
import type { ResourceRoute } from './route.ts';

export type Selection = (object: KubernetesObject) => boolean;

/** Undefined where every object is meant. Throws BadRequest in the server's words. */
export function selectionOf(
	route: ResourceRoute,
	resource: Resource,
	query: URLSearchParams,
): Selection | undefined {
	const labels = query.get('labelSelector') ?? '';
	const fields = query.get('fieldSelector') ?? '';
	if (!labels && !fields && !route.namespace && !route.name) return undefined;
	let byLabel: ReturnType<typeof parseLabelSelector>;
	let byField: ReturnType<typeof parseFieldSelector>;
	try {
		byLabel = parseLabelSelector(labels);
		byField = parseFieldSelector(fields, resource);
	} catch (error) {
		throw badRequest((error as Error).message);
	}
	return (object) =>
		(!route.namespace || object.metadata.namespace === route.namespace) &&
		(!route.name || object.metadata.name === route.name) &&
		(byLabel.length === 0 || requirementsMatch(byLabel, object.metadata.labels)) &&
		(byField.length === 0 || fieldsMatch(byField, resource, object));
}
