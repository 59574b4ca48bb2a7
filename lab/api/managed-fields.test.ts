import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FieldSet } from '../patch/field-set.ts';
import type { ConfigMap } from '../schema/types.ts';
import { type Manager, readManagers, trackWrite, writeManagers } from './managed-fields.ts';
import { configMaps } from './resources/config-map.ts';

const map = (data: Record<string, string>): ConfigMap =>
	({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'default' }, data }) as never;

const manager = (name: string, time: string, operation: 'Apply' | 'Update' = 'Update'): Manager => ({
	manager: name,
	operation,
	apiVersion: 'v1',
	subresource: '',
	time,
	fields: { 'f:data': { [`f:${name}`]: {} } },
});

test('entries stand in the order of operation, time and name', () => {
	const entries = writeManagers([
		manager('b', '2026-01-01T00:00:02Z'),
		manager('c', '2026-01-01T00:00:01Z'),
		manager('a', '2026-01-01T00:00:02Z'),
		manager('z', '2026-01-01T00:00:03Z', 'Apply'),
	]);
	assert.deepEqual(
		entries.map((entry) => entry.manager),
		['z', 'c', 'a', 'b'],
	);
});

test('beyond ten managers the oldest become one', () => {
	const many = Array.from({ length: 12 }, (_, index) =>
		manager(`m${index}`, `2026-01-01T00:00:${String(index).padStart(2, '0')}Z`),
	);
	const entries = writeManagers(many);
	assert.equal(entries.length, 10);
	const oldest = entries.find((entry) => entry.manager === 'ancient-changes');
	assert.deepEqual(oldest?.fieldsV1, { 'f:data': { 'f:m0': {}, 'f:m1': {}, 'f:m2': {} } });
});

test('what is removed is nobody’s any more', () => {
	const before = map({ x: '1', y: '2' });
	trackWrite(configMaps, undefined, before, { manager: 'one', subresource: '', now: '2026-01-01T00:00:00Z' });
	const after = map({ x: '1' });
	trackWrite(configMaps, before, after, { manager: 'two', subresource: '', now: '2026-01-01T00:00:01Z' });
	assert.deepEqual(
		after.metadata.managedFields?.map((entry) => [entry.manager, entry.fieldsV1 as unknown as FieldSet]),
		[['one', { 'f:data': { '.': {}, 'f:x': {} } }]],
	);
});

test('entries that are none are not read', () => {
	for (const fieldsV1 of ['text', { nope: {} }, { 'k:[1]': {} }, { 'f:a': 1 }, undefined])
		assert.equal(
			readManagers([
				{ manager: 'a', operation: 'Update', fieldsType: 'FieldsV1', fieldsV1: fieldsV1 as never },
			]),
			undefined,
		);
});

test('of what a client gives, who owns nothing or something of another group is not kept', () => {
	const before = map({ x: '1' });
	const given = (apiVersion: string, fieldsV1: object) => {
		const after = map({ x: '1' });
		after.metadata.managedFields = [
			{ manager: 'a', operation: 'Update', apiVersion, fieldsType: 'FieldsV1', fieldsV1: fieldsV1 as never },
		];
		trackWrite(configMaps, before, after, { manager: 'b', subresource: '', now: '2026-01-01T00:00:00Z' });
		return after.metadata.managedFields?.map((entry) => entry.manager);
	};
	const owned = { 'f:data': { 'f:x': {} } };
	assert.deepEqual(given('v1', owned), ['a']);
	assert.equal(given('v1', {}), undefined);
	assert.equal(given('other/v1', owned), undefined);
});
