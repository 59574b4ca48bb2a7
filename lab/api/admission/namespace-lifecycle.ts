// NamespaceLifecycle: nothing is made in a namespace that is not there, or that is going; and some never go.
import type { KubernetesObject, Namespace } from '../../schema/types.ts';
import { ApiError, forbidden, notFound } from '../errors.ts';
import type { RequestContext, Resource } from '../registry.ts';
import { refusedName } from './plugin.ts';

const namespaces = { group: '', plural: 'namespaces' };

/** What a cluster cannot be without. */
const immortal = new Set(['default', 'kube-system', 'kube-public']);

/** Throws NotFound and Forbidden. */
export function admitToNamespace(
	resource: Resource,
	{ metadata }: KubernetesObject,
	{ objects }: Pick<RequestContext, 'objects'>,
): void {
	const { namespace } = metadata;
	const found = objects.get<Namespace>('namespaces', '', namespace);
	if (!found) throw notFound(namespaces, namespace);
	if (!found.metadata.deletionTimestamp) return;
	const refusal = forbidden(
		resource,
		refusedName(metadata),
		`unable to create new content in namespace ${namespace} because it is being terminated`,
	);
	throw new ApiError(403, 'Forbidden', refusal.message, {
		...refusal.details,
		causes: [
			{
				reason: 'NamespaceTerminating',
				message: `namespace ${namespace} is being terminated`,
				field: 'metadata.namespace',
			},
		],
	});
}

/** Throws Forbidden. */
export function admitNamespaceDeletion({ metadata }: Namespace): void {
	if (immortal.has(metadata.name))
		throw forbidden(namespaces, metadata.name, 'this namespace may not be deleted');
}
