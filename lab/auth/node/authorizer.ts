// What a kubelet may do: what the pods of its node need, and nothing of other nodes. What it may write of what it may
// write at all, admission looks after (lab/api/admission/node-restriction.ts)
// (https://kubernetes.io/docs/reference/access-authn-authz/node/).
import type { Client } from '../../api/client.ts';
import type { Attributes, Authorizer, Decision } from '../access.ts';
import { componentRoles } from '../rbac/defaults/component-roles.ts';
import { ruleAllows } from '../rbac/rules.ts';
import { nodeOf } from './identity.ts';
import { relations } from './relationships.ts';

const allowed: Decision = { allowed: true, reason: '' };
const refused = (reason = ''): Decision => ({ allowed: false, reason });

/** The namespace of the nodes' leases. */
export const leaseNamespace = 'kube-node-lease';

const rules = componentRoles['system:node'];
const ownKinds = 'get create update patch delete'.split(' ');

/** It has no opinion on who is no kubelet: what it does not allow, another may. */
export function createNodeAuthorizer(objects: Pick<Client, 'get' | 'list'>): Omit<Authorizer, 'rulesOf'> {
	const related = (node: string, { resource = '', namespace = '', name = '' }: Attributes): Decision => {
		if (!name) return refused('No Object name found');
		const known = objects.get('nodes', '', node) !== undefined;
		return known && relations[resource](objects, node, namespace, name)
			? allowed
			: refused(`no relationship found between node '${node}' and this object`);
	};

	const get = (node: string, attributes: Attributes): Decision => {
		if (attributes.verb !== 'get') return refused('can only get individual resources of this type');
		return attributes.subresource ? refused('cannot get subresource') : related(node, attributes);
	};

	const read = (node: string, attributes: Attributes): Decision => {
		if (!['get', 'list', 'watch'].includes(attributes.verb))
			return refused('can only read resources of this type');
		if (attributes.subresource) return refused('cannot read subresource');
		if (!attributes.namespace) return refused('can only read namespaced object of this type');
		return related(node, attributes);
	};

	const deciders: Readonly<Record<string, (node: string, attributes: Attributes) => Decision>> = {
		secrets: read,
		configmaps: read,
		persistentvolumeclaims(node, attributes) {
			if (attributes.subresource !== 'status') return get(node, attributes);
			return ['update', 'patch'].includes(attributes.verb)
				? related(node, attributes)
				: refused('can only get/update/patch this type');
		},
		persistentvolumes: get,
		'volumeattachments.storage.k8s.io': get,
		serviceaccounts(node, attributes) {
			const { verb, name, subresource } = attributes;
			if (verb !== 'create' || !name)
				return refused('can only create tokens for individual service accounts');
			if (subresource !== 'token') return refused('can only create token subresource of serviceaccount');
			return related(node, attributes);
		},
		'leases.coordination.k8s.io'(node, { verb, namespace, name }) {
			if (!ownKinds.includes(verb))
				return refused('can only get, create, update, patch, or delete a node lease');
			if (namespace !== leaseNamespace)
				return refused(`can only access leases in the ${JSON.stringify(leaseNamespace)} system namespace`);
			return verb === 'create' || name === node
				? allowed
				: refused('can only access node lease with the same name as the requesting node');
		},
		'csinodes.storage.k8s.io'(node, { verb, subresource, name }) {
			if (!ownKinds.includes(verb))
				return refused('can only get, create, update, patch, or delete a CSINode');
			if (subresource) return refused('cannot authorize CSINode subresources');
			return verb === 'create' || name === node
				? allowed
				: refused('can only access CSINode with the same name as the requesting node');
		},
		nodes: decideNode,
		pods(node, attributes) {
			const { verb, subresource = '', name } = attributes;
			if (subresource) return writesOfPods[subresource]?.includes(verb) ? allowed : refused();
			if (verb === 'get') return get(node, attributes);
			if (verb === 'create' || verb === 'delete') return allowed;
			if (verb !== 'list' && verb !== 'watch') return refused();
			if (selects(attributes, 'spec.nodeName', node)) return allowed;
			return name
				? related(node, attributes)
				: refused('can only list/watch pods with spec.nodeName field selector');
		},
	};

	return {
		authorize(user, attributes) {
			const node = nodeOf(user);
			if (node === undefined) return refused();
			if (!node) return refused(`unknown node for user ${JSON.stringify(user.username)}`);
			const { group, resource = '', path } = attributes;
			const key = group ? `${resource}.${group}` : resource;
			if (path === undefined && Object.hasOwn(deciders, key)) return deciders[key](node, attributes);
			return rules.some((rule) => ruleAllows(rule, attributes)) ? allowed : refused();
		},
		rulesFor: (user) => ({
			rules: [],
			errors: nodeOf(user) === undefined ? [] : ['node authorizer does not support user rule resolution'],
		}),
	};
}

const writesOfPods: Readonly<Record<string, readonly string[]>> = {
	status: ['update', 'patch'],
	eviction: ['create'],
};

const selects = ({ fieldSelector = '' }: Attributes, field: string, value: string) =>
	fieldSelector.split(',').some((part) => part === `${field}=${value}` || part === `${field}==${value}`);

function decideNode(node: string, { verb, subresource, name }: Attributes): Decision {
	if (subresource === 'status') return verb === 'update' || verb === 'patch' ? allowed : refused();
	if (subresource) return refused();
	if (['create', 'update', 'patch'].includes(verb)) return allowed;
	if (!['get', 'list', 'watch'].includes(verb)) return refused();
	if (name === node) return allowed;
	return refused(
		name
			? `node '${node}' cannot read '${name}', only its own Node object`
			: `node '${node}' cannot read all nodes, only its own Node object`,
	);
}
