import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Progress, type ProgressEntry, tally } from './progress.ts';
import type { Store } from './store.ts';

function memory(entries: [string, string][] = []): Store {
	const kept = new Map(entries);
	return {
		getItem: (key) => kept.get(key) ?? null,
		setItem: (key, value) => void kept.set(key, value),
		removeItem: (key) => void kept.delete(key),
	};
}

const passed: ProgressEntry = { state: 'passed', run: 'r1', exitCode: 0, durationMs: 12 };

test('progress outlives the page', () => {
	const store = memory();
	new Progress(store, 'chapter').set('slide', 'digest', passed);
	assert.deepEqual(new Progress(store, 'chapter').get('slide', 'digest'), passed);
});

test('an edited step, another slide and another chapter are untouched', () => {
	const store = memory();
	new Progress(store, 'chapter').set('slide', 'digest', passed);
	assert.equal(new Progress(store, 'chapter').get('slide', 'edited'), undefined);
	assert.equal(new Progress(store, 'chapter').get('other', 'digest'), undefined);
	assert.equal(new Progress(store, 'another').get('slide', 'digest'), undefined);
});

test('two tabs do not overwrite each other', () => {
	const store = memory();
	const [one, two] = [new Progress(store, 'chapter'), new Progress(store, 'chapter')];
	one.set('slide', 'a', passed);
	two.set('slide', 'b', passed);
	assert.deepEqual(one.get('slide', 'b'), passed);
	assert.deepEqual(two.get('slide', 'a'), passed);
});

test('clearing forgets everything of the chapter, and tells', () => {
	const progress = new Progress(memory(), 'chapter');
	progress.set('slide', 'digest', passed);
	let told = 0;
	progress.on('changed', () => told++);
	progress.clear();
	assert.equal(progress.get('slide', 'digest'), undefined);
	assert.equal(told, 1);
});

test('what is stored and is no progress is passed over', () => {
	for (const text of ['not JSON', '[]', '{"slide":3}', '{"slide":{"digest":{"state":"odd","run":"r"}}}']) {
		const progress = new Progress(memory([['slidecar:progress:chapter', text]]), 'chapter');
		assert.equal(progress.get('slide', 'digest'), undefined, text);
		progress.set('slide', 'digest', passed);
		assert.deepEqual(progress.get('slide', 'digest'), passed, text);
	}
});

test('a tally counts what has passed and failed', () => {
	assert.deepEqual(tally(['passed', 'idle', 'failed', 'passed', 'running']), {
		passed: 2,
		failed: 1,
		count: 5,
	});
});
