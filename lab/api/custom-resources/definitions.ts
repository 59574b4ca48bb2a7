// Keeps what the server serves in step with the CustomResourceDefinitions that are stored, says so in their
// status, and empties those that are being deleted.
import type { Clock } from '../../clock.ts';
import { inBackground } from '../../report-fault.ts';
import { formatTime } from '../../schema/time.ts';
import type {
	CustomResourceDefinition,
	CustomResourceDefinitionCondition,
	KubernetesObject,
} from '../../schema/types.ts';
import type { StoreEvent } from '../../store/store.ts';
import { deepEqual } from '../deep-equal.ts';
import { ApiError } from '../errors.ts';
import { expressionsAreLoaded, loadExpressions } from '../expressions/environment.ts';
import type { OperationOptions, Operations } from '../operations.ts';
import type { ResourceRegistry } from '../registry.ts';
import { cleanupFinalizer, customResourceDefinitions } from '../resources/custom-resource-definition.ts';
import { refusedWhileTerminating, resourcesOf } from './resource.ts';
import { hasRules } from './rules.ts';
import type { Schema } from './schema.ts';

const options: OperationOptions = {
	user: { username: 'system:apiserver', groups: ['system:masters'] },
	manager: 'kube-apiserver',
};

/** Follows the definitions from here on; the function it gives ends that. */
export function followDefinitions(
	operations: Operations,
	registry: ResourceRegistry,
	clock: Pick<Clock, 'outside'>,
): () => void {
	const { store } = operations;
	const { key } = customResourceDefinitions;
	const watched = new Map<string, () => void>();
	let ended = false;

	const stored = (name: string) => store.get(key, '', name) as CustomResourceDefinition | undefined;

	const reconcile = (name: string) => {
		const definition = stored(name);
		if (!definition) {
			registry.undefine(name);
			watched.get(name)?.();
			watched.delete(name);
			return;
		}
		if (!expressionsAreLoaded() && needsRules(definition)) {
			const loaded = clock.outside(loadExpressions()).then(() => {
				if (!ended) reconcile(name);
			});
			return inBackground(`custom resources ${name}`, loaded);
		}
		const conflict = nameConflict(definition, registry);
		const accepted = conflict === undefined || isEstablished(definition);
		if (accepted) serve(definition);
		if (definition.metadata.deletionTimestamp) clean(definition);
		else writeStatus(definition, conflict);
	};

	const serve = (definition: CustomResourceDefinition) => {
		const { stored: kind, served } = resourcesOf(definition);
		const terminating = definition.metadata.deletionTimestamp !== undefined;
		const shown = (each: typeof kind) => (terminating ? refusedWhileTerminating(each) : each);
		registry.define(kind.key, { stored: shown(kind), served: served.map(shown) });
		if (watched.has(kind.key)) return;
		const onChange = ({ type }: StoreEvent) => {
			if (type === 'DELETED' && stored(kind.key)?.metadata.deletionTimestamp) reconcile(kind.key);
		};
		watched.set(kind.key, store.watch(kind.key, onChange));
	};

	/** Deletes the kind's objects; when the last has gone, lets the definition go. */
	const clean = (definition: CustomResourceDefinition) => {
		const { name, finalizers = [] } = definition.metadata;
		if (!finalizers.includes(cleanupFinalizer)) return;
		const kind = resourcesOf(definition).stored;
		for (const { metadata } of store.list(name))
			if (!metadata.deletionTimestamp)
				removeQuietly(() => operations.delete(kind, metadata.namespace ?? '', metadata.name, {}, options));
		if (store.list(name).length > 0) return;
		operations.update(
			customResourceDefinitions,
			'',
			name,
			'finalize',
			(object) => ({
				...object,
				metadata: {
					...object.metadata,
					finalizers: finalizers.filter((each) => each !== cleanupFinalizer),
				},
			}),
			options,
		);
	};

	const writeStatus = (definition: CustomResourceDefinition, conflict: Conflict | undefined) => {
		const { names, versions } = definition.spec;
		const now = formatTime(operations.now());
		const storage = versions.find((version) => version.storage)?.name;
		const before = definition.status?.storedVersions ?? [];
		const accepted = conflict === undefined;
		const established = accepted || isEstablished(definition);
		const conditions = [
			accepted
				? condition('NamesAccepted', true, 'NoConflicts', 'no conflicts found')
				: condition('NamesAccepted', false, conflict.reason, conflict.message),
			established
				? condition('Established', true, 'InitialNamesAccepted', 'the initial names have been accepted')
				: condition('Established', false, 'NotAccepted', 'not all names are accepted'),
		].map((each): CustomResourceDefinitionCondition => {
			const known = definition.status?.conditions?.find(({ type }) => type === each.type);
			return known?.status === each.status && known.reason === each.reason
				? known
				: { lastTransitionTime: now, ...each };
		});
		const status = {
			...definition.status,
			acceptedNames: accepted ? names : (definition.status?.acceptedNames ?? { kind: '', plural: '' }),
			conditions,
			storedVersions: storage && !before.includes(storage) ? [...before, storage] : before,
		};
		if (deepEqual(status, definition.status)) return;
		operations.update(
			customResourceDefinitions,
			'',
			definition.metadata.name,
			'status',
			(object) => ({ ...object, metadata: { ...object.metadata }, status }) as KubernetesObject,
			options,
		);
	};

	const end = store.watch(key, ({ object }) => reconcile(object.metadata.name));
	for (const { metadata } of store.list(key)) reconcile(metadata.name);
	return () => {
		ended = true;
		end();
		for (const stop of watched.values()) stop();
	};
}

const needsRules = ({ spec }: CustomResourceDefinition): boolean =>
	spec.versions.some(({ schema }) => schema?.openAPIV3Schema && hasRules(schema.openAPIV3Schema as Schema));

function removeQuietly(remove: () => void): void {
	try {
		remove();
	} catch (error) {
		// Another deletion may have taken it along.
		if (!(error instanceof ApiError && error.reason === 'NotFound')) throw error;
	}
}

const condition = (type: string, status: boolean, reason: string, message: string) => ({
	message,
	reason,
	status: status ? 'True' : 'False',
	type,
});

const isEstablished = ({ status }: CustomResourceDefinition): boolean =>
	status?.conditions?.some((each) => each.type === 'Established' && each.status === 'True') ?? false;

interface Conflict {
	reason: string;
	message: string;
}

/** What of a definition's names another kind of its group has already. */
function nameConflict(
	{ metadata, spec: { group, names } }: CustomResourceDefinition,
	registry: ResourceRegistry,
): Conflict | undefined {
	const others = registry.all.filter((each) => each.group === group && each.key !== metadata.name);
	const taken = new Set(
		others.flatMap(({ plural, singular, shortNames = [] }) => [plural, singular, ...shortNames]),
	);
	const kinds = new Set(others.flatMap(({ kind, listKind = `${kind}List` }) => [kind, listKind]));
	const inUse = (name: string) => `${JSON.stringify(name)} is already in use`;
	const { plural, singular = '', shortNames = [], kind, listKind = '' } = names;
	if (taken.has(plural)) return { reason: 'PluralConflict', message: inUse(plural) };
	if (taken.has(singular)) return { reason: 'SingularConflict', message: inUse(singular) };
	const short = shortNames.filter((name) => taken.has(name));
	if (short.length > 0) return { reason: 'ShortNamesConflict', message: short.map(inUse).join(', ') };
	if (kinds.has(kind)) return { reason: 'KindConflict', message: inUse(kind) };
	return kinds.has(listKind) ? { reason: 'ListKindConflict', message: inUse(listKind) } : undefined;
}
