// How an answer is to look: the object itself, a Table, or its metadata alone (the Accept header).
import { notAcceptable } from '../errors.ts';
import type { ApiRequest } from '../http.ts';

export type Representation = 'object' | 'table' | 'metadata';

const supported = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

/** The first of the Accept header's choices that can be served. Throws NotAcceptable. */
export function representationOf({ headers }: ApiRequest): Representation {
	const accept = headers.accept;
	if (!accept) return 'object';
	for (const choice of accept.split(',')) {
		const [type, ...parameters] = choice.split(';').map((part) => part.trim());
		if (!['application/json', 'application/yaml', 'application/*', '*/*'].includes(type)) continue;
		const given = new Map(parameters.map((each) => each.split('=') as [string, string]));
		const as = given.get('as');
		if (!as) return 'object';
		if (given.get('g') !== 'meta.k8s.io' || given.get('v') !== 'v1') continue;
		if (as === 'Table') return 'table';
		if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return 'metadata';
	}
	throw notAcceptable(supported);
}
