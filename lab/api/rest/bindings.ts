// Creating a Binding, which assigns a pod to a node: below the pod, or in the collection by the pod's name.
import type { Binding } from '../../schema/types.ts';
import { badRequest, invalid, methodNotAllowed } from '../errors.ts';
import { type FieldError, required } from '../field-errors.ts';
import type { ApiRequest, ApiResponse } from '../http.ts';
import { pods } from '../resources/pod.ts';
import { bindPod } from '../resources/pod-binding.ts';
import { expectedKind, readObject } from './body.ts';
import { fieldValidation } from './query.ts';
import { type RestContext, writeOptions } from './resources.ts';
import { answerCreated } from './response.ts';
import type { ResourceRoute } from './route.ts';

const bindingKind = expectedKind('', 'v1', 'Binding');

/** POST pods/NAME/binding, and POST bindings, where the binding's own name is the pod's. Throws ApiError. */
export function createBinding(
	{ operations }: RestContext,
	request: ApiRequest,
	route: ResourceRoute,
): ApiResponse {
	const ofPod = route.subresource === 'binding';
	if (request.method !== 'POST' || (route.name && !ofPod)) throw methodNotAllowed();
	const options = writeOptions(request, 'CreateOptions');
	const validation = fieldValidation(request.query, 'CreateOptions');
	const binding = readObject(request, bindingKind, validation, options.warn);
	const { metadata, target } = binding as unknown as Binding & typeof binding;
	if (metadata.namespace && metadata.namespace !== route.namespace)
		throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
	const name = ofPod ? route.name : metadata.name;
	if (!name) throw badRequest('Name parameter required.');
	const refuse = (error: FieldError) => invalid({ group: '', kind: 'Binding' }, name, [error]);
	if (target.kind && target.kind !== 'Node')
		throw refuse({
			reason: 'FieldValueNotSupported',
			field: 'target.kind',
			value: target.kind,
			detail: 'supported values: "Node", "<empty>"',
		});
	if (!target.name) throw refuse(required('target.name'));
	bindPod(operations, pods, route.namespace, name, target.name, options);
	return answerCreated(request);
}
