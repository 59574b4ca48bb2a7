import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attributesOf, forbiddenRequest } from './request-attributes.ts';

function attributes(method: string, target: string) {
	const { pathname, searchParams } = new URL(target, 'http://lab');
	const signal = new AbortController().signal;
	return attributesOf({ method, path: pathname, query: searchParams, headers: {}, signal });
}

const told = (method: string, target: string) => {
	const { verb, namespace, group, resource, subresource, name } = attributes(method, target);
	return [verb, group, resource, subresource, namespace, name].join(' ');
};

test('a method and a path are a verb on a resource', () => {
	for (const [method, target, expected] of [
		['GET', '/api/v1/pods', 'list  pods   '],
		['GET', '/api/v1/namespaces/a/pods?watch=true', 'watch  pods  a '],
		['GET', '/api/v1/watch/namespaces/a/pods/x', 'watch  pods  a x'],
		['GET', '/api/v1/namespaces/a/pods?fieldSelector=metadata.name=x', 'list  pods  a x'],
		['POST', '/apis/apps/v1/namespaces/a/deployments', 'create apps deployments  a '],
		['PATCH', '/apis/apps/v1/namespaces/a/deployments/x/scale', 'patch apps deployments scale a x'],
		['DELETE', '/api/v1/namespaces/a/pods', 'deletecollection  pods  a '],
		['DELETE', '/api/v1/namespaces/a', 'delete  namespaces  a a'],
		['PUT', '/api/v1/nodes/n/status', 'update  nodes status  n'],
		['POST', '/api/v1/namespaces/a/pods/x/exec', 'create  pods exec a x'],
	])
		assert.equal(told(method, target), expected, `${method} ${target}`);
	assert.deepEqual(attributes('GET', '/version'), { verb: 'get', path: '/version' });
});

const jane = { username: 'jane', groups: [] };
const refusal = (method: string, target: string) => forbiddenRequest(jane, attributes(method, target));

test('a refusal says who cannot do what, where', () => {
	assert.equal(
		refusal('GET', '/api/v1/namespaces/default/pods').message,
		'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"',
	);
	assert.equal(
		refusal('GET', '/apis/apps/v1/deployments').message,
		'deployments.apps is forbidden: User "jane" cannot list resource "deployments" in API group "apps" at the cluster scope',
	);
	const exec = refusal('POST', '/api/v1/namespaces/default/pods/x/exec');
	assert.equal(
		exec.message,
		'pods "x" is forbidden: User "jane" cannot create resource "pods/exec" in API group "" in the namespace "default"',
	);
	assert.deepEqual(exec.details, { name: 'x', kind: 'pods' });
	assert.equal(refusal('GET', '/metrics').message, 'forbidden: User "jane" cannot get path "/metrics"');
});
