import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ObjectMeta } from '../../schema/types.ts';
import type { FieldError } from '../field-errors.ts';
import { validateLabelSelector, validateMetadata, validateMetadataUpdate } from './metadata.ts';
import { dnsSubdomain } from './names.ts';

const metadata = (more: Partial<ObjectMeta>): ObjectMeta => ({
	name: 'a',
	namespace: 'default',
	uid: '1',
	resourceVersion: '1',
	creationTimestamp: '2026-01-01T00:00:00Z',
	...more,
});
const rules = { namespaced: true, nameRule: dnsSubdomain, custom: false };
const fields = (errors: readonly FieldError[]) => errors.map(({ field, reason }) => `${field} ${reason}`);

test('each part of metadata is looked at', () => {
	const owner = { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u', controller: true };
	for (const [more, expected] of [
		[{}, []],
		[{ name: '' }, ['metadata.name FieldValueRequired']],
		[{ name: 'A' }, ['metadata.name FieldValueInvalid']],
		[{ name: 'a-x', generateName: 'a-' }, []],
		[{ namespace: '' }, ['metadata.namespace FieldValueRequired']],
		[{ labels: { 'bad key': 'x' } }, ['metadata.labels FieldValueInvalid']],
		[{ labels: { a: 'bad value' } }, ['metadata.labels FieldValueInvalid']],
		[{ annotations: { 'Upper/Case': 'x' } }, []],
		[{ annotations: { a: 'x'.repeat(300_000) } }, ['metadata.annotations FieldValueTooLong']],
		[{ ownerReferences: [{ ...owner, uid: '' }] }, ['metadata.ownerReferences[0].uid FieldValueRequired']],
		[{ ownerReferences: [owner, owner] }, ['metadata.ownerReferences FieldValueInvalid']],
		[{ finalizers: ['foregroundDeletion', 'a.b/c'] }, []],
		[
			{ managedFields: [{ manager: 'a\u0001', subresource: 's'.repeat(257) }] },
			[
				'metadata.managedFields[0].manager FieldValueInvalid',
				'metadata.managedFields[0].subresource FieldValueTooLong',
			],
		],
		[
			{ managedFields: [{ manager: 'm'.repeat(129) }] },
			['metadata.managedFields[0].manager FieldValueTooLong'],
		],
		[{ finalizers: ['short'] }, ['metadata.finalizers[0] FieldValueInvalid']],
		[{ finalizers: ['a/b/c'] }, ['metadata.finalizers FieldValueInvalid']],
		[{ annotations: { a: 'ü'.repeat(131_072) } }, ['metadata.annotations FieldValueTooLong']],
		[
			{ ownerReferences: [{ ...owner, apiVersion: 'a/b/c' }] },
			['metadata.ownerReferences[0].apiVersion FieldValueInvalid'],
		],
		[{ ownerReferences: [{ ...owner, kind: 'Event' }] }, ['metadata.ownerReferences[0] FieldValueInvalid']],
		[{ finalizers: ['orphan', 'foregroundDeletion'] }, ['metadata.finalizers FieldValueInvalid']],
	] as [Partial<ObjectMeta>, string[]][])
		assert.deepEqual(fields(validateMetadata(metadata(more), rules)), expected, JSON.stringify(more));
	assert.deepEqual(fields(validateMetadata(metadata({}), { ...rules, namespaced: false })), [
		'metadata.namespace FieldValueForbidden',
	]);
});

test('identity does not change, and what goes takes no new finalizer', () => {
	const going = metadata({ deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['a.b/c'] });
	assert.deepEqual(fields(validateMetadataUpdate(metadata({ uid: '2' }), metadata({}), rules)), [
		'metadata.uid FieldValueInvalid',
	]);
	assert.deepEqual(fields(validateMetadataUpdate(going, metadata({ finalizers: going.finalizers }), rules)), [
		'metadata.deletionTimestamp FieldValueInvalid',
	]);
	assert.deepEqual(
		validateMetadataUpdate(metadata({ finalizers: ['short'] }), metadata({}), { custom: true }),
		[],
	);
	const [error] = validateMetadataUpdate({ ...going, finalizers: ['a.b/c', 'd.e/f'] }, going, rules);
	assert.equal(
		error.detail,
		'no new finalizers can be added if the object is being deleted, found new finalizers []string{"d.e/f"}',
	);
	assert.deepEqual(validateMetadataUpdate({ ...going, finalizers: [] }, going, rules), []);
});

test('a selector’s expressions have values where their operator takes them', () => {
	const expressions = (operator: string, values?: string[]) =>
		fields(validateLabelSelector({ matchExpressions: [{ key: 'a', operator, values }] }, 's'));
	assert.deepEqual(expressions('In', ['x']), []);
	assert.deepEqual(expressions('In'), ['s.matchExpressions[0].values FieldValueRequired']);
	assert.deepEqual(expressions('Exists', ['x']), ['s.matchExpressions[0].values FieldValueForbidden']);
	assert.deepEqual(expressions('Like', ['x']), ['s.matchExpressions[0].operator FieldValueInvalid']);
});
