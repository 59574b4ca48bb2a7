// How an answer is to look: the object itself, a Table, or its metadata alone (the Accept header).
import { notAcceptable } from '../errors.ts';
import type { ApiRequest } from '../http.ts';

export type Representation = 'object' | 'table' | 'metadata';

const protobuf = 'application/vnd.kubernetes.protobuf';
const texts = ['application/json', 'application/yaml', 'application/*', '*/*'];
const supported = ['application/json', 'application/yaml', protobuf];

/** Whether the client takes protobuf and nothing that is text: where it takes either, it is told in JSON. */
export function wantsProtobuf({ headers }: Pick<ApiRequest, 'headers'>): boolean {
	const types = (headers.accept ?? '').split(',').map((choice) => choice.split(';')[0].trim());
	return types.includes(protobuf) && !types.some((type) => texts.includes(type));
}

/** The first of the Accept header's choices that can be served. Throws NotAcceptable. */
export function representationOf(request: ApiRequest): Representation {
	const { accept } = request.headers;
	if (!accept) return 'object';
	for (const choice of accept.split(',')) {
		const [type, ...parameters] = choice.split(';').map((part) => part.trim());
		if (!texts.includes(type) && !(type === protobuf && wantsProtobuf(request))) continue;
		const given = new Map(parameters.map((each) => each.split('=') as [string, string]));
		const as = given.get('as');
		if (!as) return 'object';
		if (type === protobuf) continue;
		if (given.get('g') !== 'meta.k8s.io' || given.get('v') !== 'v1') continue;
		if (as === 'Table') return 'table';
		if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return 'metadata';
	}
	throw notAcceptable(supported);
}
