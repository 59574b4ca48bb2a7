// What admission is asked, and what a plugin of it may do
// (https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/).
import type { KubernetesObject, ObjectMeta } from '../../schema/types.ts';
import type { UpdateScope } from '../operations.ts';
import type { RequestContext, Resource } from '../registry.ts';

export interface AdmissionRequest {
	operation: 'create' | 'update' | 'delete' | 'connect';
	resource: Resource;
	/** The subresource that is written or connected to, '' for the object itself. */
	scope: UpdateScope | ConnectScope;
	/** For deletions what is stored; for connections what is asked for, under the name of what is connected to. */
	object: KubernetesObject;
	/** What is stored, for updates and deletions. */
	old?: KubernetesObject;
	context: RequestContext;
}

/** The subresources of a pod that turn into a stream. */
export type ConnectScope = 'exec' | 'attach' | 'portforward';

export interface AdmissionPlugin {
	/** The keys of the resources that it looks at; every namespaced one unless told. */
	resources?: readonly string[] | 'all';
	/** Before validation: may change the object, or throw an ApiError. */
	mutate?(request: AdmissionRequest): void;
	/** After validation: may throw an ApiError. */
	validate?(request: AdmissionRequest): void;
	/** Before a deletion: may throw an ApiError. */
	validateDelete?(request: AdmissionRequest): void;
	/** Before somebody connects: may throw an ApiError. */
	validateConnect?(request: AdmissionRequest): void;
	/** After the write, for what counts what there is; `put` stores an object past admission. */
	account?(request: AdmissionRequest, put: (key: string, object: KubernetesObject) => void): void;
}

/** What a refusal calls an object: one that gets its name later goes by the beginning of it. */
export const refusedName = ({ name, generateName }: ObjectMeta): string => name || generateName || '';
