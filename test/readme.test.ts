// What README.md says of the project is true of package.json.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

const read = (name: string) => readFile(new URL(`../${name}`, import.meta.url), 'utf8');
const [readme, manifest] = [await read('README.md'), JSON.parse(await read('package.json'))];

test('README.md gives a reason for every dependency', () => {
	const names = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
	assert(names.length > 20);
	assert.deepEqual(
		names.filter((name) => !readme.includes(`\`${name}\``)),
		[],
	);
});

test('README.md names no script that is not there', () => {
	const named = [...readme.matchAll(/npm run ([a-z]+)/g)].map(([, script]) => script);
	assert(named.length > 3);
	assert.deepEqual(
		named.filter((script) => !(script in manifest.scripts)),
		[],
	);
});
