import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browserSync, type SharedPosition } from './sync.ts';

const here = { slide: 'here', increment: 1 };
const there = { slide: 'there', increment: 2 };

/** Two windows of a chapter; `heard` resolves with the first thing that a window is told. */
function windows(t: { after(act: () => void): void }, chapter: string) {
	const open = () => {
		const told: [string, SharedPosition][] = [];
		let wake = () => {};
		const tell = (how: string) => (position: SharedPosition) => {
			told.push([how, position]);
			wake();
		};
		const sync = browserSync(chapter, {
			moved: tell('moved'),
			answered: tell('answered'),
			asked: () => sync.answer(here),
		});
		t.after(() => sync.close());
		const heard = async () => {
			while (told.length === 0) await new Promise<void>((resolve) => (wake = resolve));
			return told[0];
		};
		return { sync, told, heard };
	};
	return [open(), open()];
}

test('a window that moves tells the others', async (t) => {
	const [one, two] = windows(t, 'moves');
	one.sync.tell(there);
	assert.deepEqual(await two.heard(), ['moved', there]);
	assert.deepEqual(one.told, []);
});

test('a window that opens is told the place', async (t) => {
	const [, two] = windows(t, 'opens');
	two.sync.ask();
	assert.deepEqual(await two.heard(), ['answered', here]);
});

test('an answer that comes after a move of one’s own is too late', async (t) => {
	const [one, two] = windows(t, 'late');
	two.sync.ask();
	two.sync.tell(there);
	assert.deepEqual(await one.heard(), ['moved', there]);
	// The answer was sent before this is, and channels keep their order.
	one.sync.tell(here);
	assert.deepEqual(await two.heard(), ['moved', here]);
	assert.equal(two.told.length, 1);
});
