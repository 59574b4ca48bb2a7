import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeDifference } from './difference.ts';

test('a change is shown with three lines around it', () => {
	const before = { AccessModes: ['ReadWriteMany'], Selector: null, Resources: {}, VolumeName: 'a' };
	assert.equal(
		describeDifference(before, { ...before, AccessModes: ['ReadWriteOnce'] }),
		'@@ -1,6 +1,6 @@\n {\n  "AccessModes": [\n-  "ReadWriteMany"\n+  "ReadWriteOnce"\n  ],\n  "Selector": null,\n  "Resources": {},\n',
	);
	assert.equal(
		describeDifference(before, { ...before, VolumeName: 'b' }),
		'@@ -4,5 +4,5 @@\n  ],\n  "Selector": null,\n  "Resources": {},\n- "VolumeName": "a"\n+ "VolumeName": "b"\n }\n',
	);
});

test('changes far apart are shown apart, and none as nothing', () => {
	const before = Array.from({ length: 20 }, (_, index) => index);
	const after = [-1, ...before.slice(0, 19), 99];
	assert.equal(describeDifference(before, before), '');
	assert.equal(
		describeDifference(before, after),
		'@@ -1,4 +1,5 @@\n [\n+ -1,\n  0,\n  1,\n  2,\n@@ -18,5 +19,5 @@\n  16,\n  17,\n  18,\n- 19\n+ 99\n ]\n',
	);
});
