// Policies of a cluster's own, as those meet them whom they refuse.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type StatusAnswer, serverUnderTest, statefulSetDraft } from '../server-under-test.ts';

const group = '/apis/admissionregistration.k8s.io/v1';
const configMaps = '/api/v1/namespaces/default/configmaps';

const constraints = (operations = ['CREATE', 'UPDATE'], resource = 'configmaps') => ({
	resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations, resources: [resource] }],
});

/** A server with a policy by the specification, bound by the binding. */
async function withPolicy(spec: object, binding: object = {}) {
	const server = serverUnderTest();
	const policy = await server.send<StatusAnswer>('POST', `${group}/validatingadmissionpolicies`, {
		body: { metadata: { name: 'rules.example.com' }, spec: { matchConstraints: constraints(), ...spec } },
	});
	assert.equal(policy.status, 201, policy.body.message);
	const bound = await server.send<StatusAnswer>('POST', `${group}/validatingadmissionpolicybindings`, {
		body: {
			metadata: { name: 'everywhere' },
			spec: { policyName: 'rules.example.com', validationActions: ['Deny'], ...binding },
		},
	});
	assert.equal(bound.status, 201, bound.body.message);
	return {
		...server,
		make: (name: string, data: Record<string, string>, labels = {}) =>
			server.send<StatusAnswer>('POST', configMaps, { body: { metadata: { name, labels }, data } }),
	};
}

const denied = (why: string) =>
	`ValidatingAdmissionPolicy 'rules.example.com' with binding 'everywhere' denied request: ${why}`;

test('what a policy does not allow is refused with its message, reason and code', async () => {
	const { make } = await withPolicy({
		variables: [{ name: 'size', expression: "int(object.data['size'])" }],
		validations: [
			{
				expression: 'variables.size <= 5',
				messageExpression: "'a size of ' + string(variables.size) + ' is too much'",
			},
			{ expression: "!object.metadata.name.startsWith('x')", reason: 'Forbidden' },
		],
	});
	const tooMuch = await make('one', { size: '6' });
	assert.equal(tooMuch.status, 422);
	assert.equal(tooMuch.body.reason, 'Invalid');
	assert.equal(tooMuch.body.message, `configmaps "one" is forbidden: ${denied('a size of 6 is too much')}`);
	assert.deepEqual(tooMuch.body.details?.causes, [{ message: denied('a size of 6 is too much') }]);
	const named = await make('xyz', { size: '1' });
	assert.equal(named.status, 403);
	assert.equal(
		named.body.message,
		`configmaps "xyz" is forbidden: ${denied("failed expression: !object.metadata.name.startsWith('x')")}`,
	);
	assert.equal((await make('two', { size: '5' })).status, 201);
	assert.equal(
		(await make('three', { other: '1' })).body.message,
		`configmaps "three" is forbidden: ${denied('expression \'variables.size <= 5\' resulted in error: composited variable "size" fails to evaluate: no such key: size')}`,
	);
});

test('a policy is about what it says: kinds, operations, labels, conditions', async () => {
	const { make, send } = await withPolicy(
		{
			matchConstraints: {
				...constraints(['DELETE', 'CREATE']),
				objectSelector: { matchLabels: { guarded: 'yes' } },
			},
			matchConditions: [{ name: 'not-mine', expression: "request.operation == 'DELETE'" }],
			validations: [{ expression: "oldObject.data.keep != 'yes'", message: 'this one stays' }],
		},
		{ matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'default' } } } },
	);
	const guarded = { guarded: 'yes' };
	assert.equal((await make('kept', { keep: 'yes' }, guarded)).status, 201);
	assert.equal((await make('free', { keep: 'yes' })).status, 201);
	const refused = await send<StatusAnswer>('DELETE', `${configMaps}/kept`);
	assert.equal(refused.body.message, `configmaps "kept" is forbidden: ${denied('this one stays')}`);
	assert.equal((await send('DELETE', `${configMaps}/free`)).status, 200);
});

test('who scales is asked about a Scale', async () => {
	const { send } = await withPolicy({
		matchConstraints: {
			resourceRules: [
				{
					apiGroups: ['apps'],
					apiVersions: ['v1'],
					operations: ['UPDATE'],
					resources: ['statefulsets/scale'],
				},
			],
		},
		validations: [{ expression: "object.kind == 'Scale' && object.spec.replicas <= 5" }],
	});
	const sets = '/apis/apps/v1/namespaces/default/statefulsets';
	await send('POST', sets, { body: statefulSetDraft('db') });
	const headers = { 'content-type': 'application/merge-patch+json' };
	const scale = async (replicas: number) =>
		(await send('PATCH', `${sets}/db/scale`, { body: { spec: { replicas } }, headers })).status;
	assert.deepEqual([await scale(5), await scale(6)], [200, 422]);
	const around = await send('PATCH', `${sets}/db`, { body: { spec: { replicas: 6 } }, headers });
	assert.equal(around.status, 200);
});

test('who opens a shell in a pod is asked about its options', async () => {
	const { upgrade } = await withPolicy({
		matchConstraints: {
			resourceRules: [
				{ apiGroups: [''], apiVersions: ['v1'], operations: ['CONNECT'], resources: ['pods/exec'] },
			],
		},
		validations: [
			{
				expression: "request.name != 'db' || !object.command.exists(word, word == 'sh')",
				message: 'no shells here',
			},
		],
	});
	const refusal = async (target: string) => {
		const answer = await upgrade(`/api/v1/namespaces/default/pods/${target}`);
		assert('status' in answer && typeof answer.body === 'string');
		return (JSON.parse(answer.body) as StatusAnswer).message;
	};
	assert.equal(await refusal('db/exec?command=sh'), `pods "db" is forbidden: ${denied('no shells here')}`);
	assert.equal(await refusal('db/exec?command=ls'), 'pods "db" not found');
	assert.equal(await refusal('db/portforward?ports=80'), 'pods "db" not found');
});

test('parameters come from the object that the binding names; without it the binding decides', async () => {
	const spec = {
		paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
		matchConstraints: constraints(['CREATE'], 'secrets'),
		validations: [{ expression: 'object.metadata.name.startsWith(params.data.prefix)' }],
	};
	const paramRef = { name: 'limits', namespace: 'default', parameterNotFoundAction: 'Deny' };
	const { make, send } = await withPolicy(spec, { paramRef });
	const secret = (name: string) =>
		send<StatusAnswer>('POST', '/api/v1/namespaces/default/secrets', { body: { metadata: { name } } });
	assert.equal(
		(await secret('a')).body.message,
		`secrets "a" is forbidden: ${denied('failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction')}`,
	);
	await make('limits', { prefix: 'app-' });
	assert.equal((await secret('app-a')).status, 201);
	assert.equal((await secret('a')).status, 422);
});

test('a warning lets the request through, and what cannot be evaluated may be ignored', async () => {
	const warned = await withPolicy(
		{
			validations: [
				{
					expression:
						"has(object.data.owner) || authorizer.group('').resource('nodes').check('fly').allowed()",
					message: 'no owner',
				},
			],
		},
		{ validationActions: ['Warn', 'Audit'] },
	);
	const made = await warned.make('one', {});
	assert.equal(made.status, 201);
	// The one who asks here may do everything.
	assert.equal(made.headers.warning, undefined);
	const strict = await withPolicy(
		{ validations: [{ expression: 'has(object.data.owner)', message: 'no owner' }] },
		{ validationActions: ['Warn'] },
	);
	assert.equal(
		(await strict.make('one', { other: '1' })).headers.warning,
		`299 - "Validation failed for ValidatingAdmissionPolicy 'rules.example.com' with binding 'everywhere': no owner"`,
	);
	const ignoring = await withPolicy({
		failurePolicy: 'Ignore',
		validations: [{ expression: "object.data.missing == 'x'" }],
	});
	assert.equal((await ignoring.make('one', {})).status, 201);
});

test('a policy that cannot be compiled is refused', async () => {
	const { body } = await serverUnderTest().send<StatusAnswer>(
		'POST',
		`${group}/validatingadmissionpolicies`,
		{
			body: {
				metadata: { name: 'rules.example.com' },
				spec: {
					matchConstraints: constraints(),
					variables: [{ name: 'one', expression: 'objekt.spec' }],
					validations: [
						{ expression: 'request.operations == "CREATE"' },
						{ expression: "'text'", messageExpression: '1', reason: 'Because' },
						{ expression: 'variables.two == 1 && params.x' },
					],
				},
			},
		},
	);
	assert.deepEqual(
		body.details?.causes?.map(({ field, message }) => `${field}: ${message}`),
		[
			"spec.variables[0].expression: Invalid value: \"objekt.spec\": compilation failed: ERROR: <input>:1:1: undeclared reference to 'objekt' (in container '')\n | objekt.spec\n | ^",
			'spec.validations[0].expression: Invalid value: "request.operations == \\"CREATE\\"": compilation failed: ERROR: <input>:1:8: undefined field \'operations\'\n | request.operations == "CREATE"\n | .......^',
			'spec.validations[1].expression: Invalid value: "\'text\'": must evaluate to bool but got string',
			'spec.validations[1].messageExpression: Invalid value: "1": must evaluate to string but got int',
			'spec.validations[1].reason: Unsupported value: "Because": supported values: "Forbidden", "Invalid", "RequestEntityTooLarge"',
			'spec.validations[2].expression: Invalid value: "variables.two == 1 && params.x": compilation failed: ERROR: <input>:1:10: undefined field \'two\'\n | variables.two == 1 && params.x\n | .........^',
		],
	);
});
