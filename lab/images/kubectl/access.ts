// Who kubectl is and what it may: auth can-i, auth whoami, version.

import { type Context, Failure } from './context.ts';
import { aligned } from './get.ts';
import type { Resources } from './resources.ts';

export async function auth(context: Context, resources: Resources): Promise<number> {
	const [action, verb, word, ...rest] = context.flags.operands;
	if (action === 'whoami') {
		const review = await context.askFor<{ status: { userInfo: { username: string; groups: string[] } } }>({
			method: 'POST',
			target: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
			body: {
				type: 'application/json',
				text: JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }),
			},
		});
		const { username, groups } = review.status.userInfo;
		await context.print(
			aligned([
				['ATTRIBUTE', 'VALUE'],
				['Username', username],
				['Groups', `[${groups.join(' ')}]`],
			]),
		);
		return 0;
	}
	if (action !== 'can-i')
		throw new Failure(`error: the lab's kubectl has auth can-i and whoami, not "${action}"`);
	if (verb === undefined || word === undefined)
		throw new Failure('error: you must specify two arguments: verb resource or verb resource/resourceName.');
	const [type, name = rest[0] ?? ''] = word.split('/');
	const resource = await resources.named(type);
	const resourceAttributes = {
		...(context.flags.is('all-namespaces') ? {} : { namespace: context.namespace }),
		verb,
		group: resource.group,
		resource: resource.plural,
		...(context.flags.text('subresource') ? { subresource: context.flags.text('subresource') } : {}),
		...(name ? { name } : {}),
	};
	const review = await context.askFor<{ status: { allowed: boolean } }>({
		method: 'POST',
		target: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
		body: {
			type: 'application/json',
			text: JSON.stringify({
				apiVersion: 'authorization.k8s.io/v1',
				kind: 'SelfSubjectAccessReview',
				spec: { resourceAttributes },
			}),
		},
	});
	await context.print(review.status.allowed ? 'yes\n' : 'no\n');
	return review.status.allowed ? 0 : 1;
}
