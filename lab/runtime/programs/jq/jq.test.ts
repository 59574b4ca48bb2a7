import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { startContainer } from '../../test-container.ts';
import { programOf } from '../tool.ts';
import { jq } from './jq.ts';

const run = (args: string[], input: string) => {
	const { run } = startContainer({ jq: programOf(jq, 'gnu') });
	return run(['jq', ...args], input);
};

const pods = {
	items: [
		{
			metadata: { name: 'web-0', labels: { app: 'web', 'statefulset.kubernetes.io/pod-name': 'web-0' } },
			spec: { containers: [{ name: 'nginx', image: 'nginx:1.27' }] },
			status: { phase: 'Running', podIP: '10.244.0.5' },
		},
		{
			metadata: { name: 'web-1', labels: { app: 'web' } },
			spec: { containers: [{ name: 'nginx', image: 'nginx:1.27' }, { name: 'log' }] },
			status: { phase: 'Pending' },
		},
	],
};

/** Filter, input and what comes with -c. */
const cases: [filter: string, input: unknown, output: string][] = [
	['.items[].metadata.name', pods, '"web-0"\n"web-1"\n'],
	['.items[0].metadata.labels["statefulset.kubernetes.io/pod-name"]', pods, '"web-0"\n'],
	['[.items[] | select(.status.phase == "Running") | .metadata.name]', pods, '["web-0"]\n'],
	[
		'.items | map({name: .metadata.name, images: [.spec.containers[].image]})',
		pods,
		'[{"name":"web-0","images":["nginx:1.27"]},{"name":"web-1","images":["nginx:1.27",null]}]\n',
	],
	[
		'.items[] | "\\(.metadata.name) is \\(.status.phase | ascii_downcase)"',
		pods,
		'"web-0 is running"\n"web-1 is pending"\n',
	],
	['.items | length, (map(.spec.containers | length) | add)', pods, '2\n3\n'],
	['.items[] | .status.podIP // "none"', pods, '"10.244.0.5"\n"none"\n'],
	[
		'[.items[].metadata.labels | to_entries[] | .key] | unique',
		pods,
		'["app","statefulset.kubernetes.io/pod-name"]\n',
	],
	[
		'.items | group_by(.status.phase) | map({(.[0].status.phase): length}) | add',
		pods,
		'{"Pending":1,"Running":1}\n',
	],
	['.items |= map(.metadata.name)', pods, '{"items":["web-0","web-1"]}\n'],
	['del(.items[0]) | .items | length', pods, '1\n'],
	['.a.b.c', {}, 'null\n'],
	['.a = 1 | .b.c += 2 | .d |= (. // "x")', {}, '{"a":1,"b":{"c":2},"d":"x"}\n'],
	['.[1:3], .[-1], .[:1]', [1, 2, 3, 4], '[2,3]\n4\n[1]\n'],
	['sort, sort_by(-.), min, max, reverse', [3, 1, 2], '[1,2,3]\n[3,2,1]\n1\n3\n[2,1,3]\n'],
	[
		'to_entries, with_entries(.value += 1), keys',
		{ b: 1, a: 2 },
		'[{"key":"b","value":1},{"key":"a","value":2}]\n{"b":2,"a":3}\n["a","b"]\n',
	],
	['if . > 3 then "big" elif . > 1 then "some" else "few" end', 2, '"some"\n'],
	['[.[] | try (tonumber) catch "bad"]', ['1', 'x'], '[1,"bad"]\n'],
	['[.[] | tonumber?]', ['1', 'x'], '[1]\n'],
	['reduce .[] as $n (0; . + $n)', [1, 2, 3], '6\n'],
	['[foreach .[] as $n (0; . + $n)]', [1, 2, 3], '[1,3,6]\n'],
	['[limit(3; recurse(. * 2))]', 1, '[1,2,4]\n'],
	['def f(x): x * 2; [.[] | f(. + 1)]', [1, 2], '[4,6]\n'],
	['def fac: if . <= 1 then 1 else . * (. - 1 | fac) end; fac', 10, '3628800\n'],
	['[range(5)] | map(select(. % 2 == 0))', null, '[0,2,4]\n'],
	['. as [$a, {b: $c}] | $a + $c', [1, { b: 2 }], '3\n'],
	['[paths(type == "number")]', { a: [1, { b: 2 }] }, '[["a",0],["a",1,"b"]]\n'],
	['[.. | numbers]', { a: [1, { b: 2 }] }, '[1,2]\n'],
	['test("^web-[0-9]+$"), (capture("(?<set>.*)-(?<n>\\\\d+)") | .set, .n)', 'web-12', 'true\n"web"\n"12"\n'],
	[
		'gsub("-"; "_"), sub("w"; "W"), [scan("[a-z]+")], split("-")',
		'web-a-b',
		'"web_a_b"\n"Web-a-b"\n["web","a","b"]\n["web","a","b"]\n',
	],
	[
		'@base64, (@base64 | @base64d), @sh, ("a b" | @uri)',
		"it's",
		'"aXQncw=="\n"it\'s"\n"\'it\'\\\\\'\'s\'"\n"a%20b"\n',
	],
	['@csv, @tsv', ['a', 1, null, 'b"c'], '"\\"a\\",1,,\\"b\\"\\"c\\""\n"a\\t1\\t\\tb\\"c"\n'],
	['any, all, (map(not) | any)', [true, false], 'true\nfalse\ntrue\n'],
	['contains(["a"]), inside(["abc", "d"]), index("a")', ['abc'], 'true\ntrue\nnull\n'],
	['tojson, (tojson | fromjson)', { a: [1] }, '"{\\"a\\":[1]}"\n{"a":[1]}\n'],
	['. * {a: {c: 2}}', { a: { b: 1 } }, '{"a":{"b":1,"c":2}}\n'],
	['{a, b: (.c, .d)}', { a: 1, c: 2, d: 3 }, '{"a":1,"b":2}\n{"a":1,"b":3}\n'],
	['first(.[]), last, nth(1)', [1, 2, 3], '1\n3\n2\n'],
	['.[] as $x | $x.a', [{ a: 1 }, { a: 2 }], '1\n2\n'],
	['map(. + 1) | join("-")', [1, 2], '"2-3"\n'],
	['ltrimstr("web-") | tonumber + 1', 'web-4', '5\n'],
	['todate', 1425599621, '"2015-03-05T23:53:41Z"\n'],
	[
		'[(.[0], .[1])[(0, 1)]], [.[0][(0, 1):(1, 2)]], [.[0][empty:]]',
		[
			[1, 2],
			[3, 4],
		],
		'[1,3,2,4]\n[[1],[1,2],[],[2]]\n[]\n',
	],
	['"\\(.[])-\\(.[])", [pow(2, 3; .[])]', [1, 2], '"1-1"\n"2-1"\n"1-2"\n"2-2"\n[2,3,4,9]\n'],
	['def f($a; $b): [$a, $b]; [f(.[]; 3, 4)]', [1, 2], '[[1,3],[1,4],[2,3],[2,4]]\n'],
	[
		'[.[]["a":1]?], (.[0] | try .["a":1] catch .)',
		[[1], {}],
		'[]\n"Start and end indices of an array slice must be numbers"\n',
	],
	['walk(if type == "number" then . + 1 else . end)', [1, { a: 2 }], '[2,{"a":3}]\n'],
];

for (const [filter, input, output] of cases)
	test(`jq ${filter}`, async () => {
		const { stdout, stderr, code } = await run(['-c', filter], JSON.stringify(input));
		assert.deepEqual({ stdout, stderr, code }, { stdout: output, stderr: '', code: 0 });
	});

test('options decide how it reads and prints', async () => {
	const print = async (args: string[], input: unknown) =>
		(await run(args, typeof input === 'string' ? input : JSON.stringify(input))).stdout;
	assert.equal(
		await print(['.'], { b: [1, {}], a: 'é' }),
		'{\n  "b": [\n    1,\n    {}\n  ],\n  "a": "é"\n}\n',
	);
	assert.equal(await print(['-S', '--indent', '1', '.'], { b: 1, a: [] }), '{\n "a": [],\n "b": 1\n}\n');
	assert.equal(await print(['-r', '.[]'], ['a b', 1]), 'a b\n1\n');
	assert.equal(await print(['-j', '.[]'], ['a', 'b']), 'ab');
	assert.equal(await print(['-s', '-c', '.'], '1 2\n"x"'), '[1,2,"x"]\n');
	assert.equal(await print(['-R', '.'], 'one\ntwo\n'), '"one"\n"two"\n');
	assert.equal(await print(['-n', '-c', '[inputs]'], '1 2'), '[1,2]\n');
	assert.equal(
		await print(['-n', '--arg', 'x', '1', '--argjson', 'y', '2', '-c', '[$x, $y, $ARGS.named.x]'], ''),
		'["1",2,"1"]\n',
	);
	assert.equal((await run(['-e', '.a'], '{"a":null}')).code, 1);
});

test('what fails says why, with the exit code of its kind', async () => {
	const failed = async (filter: string, input: string) => {
		const { stderr, code } = await run([filter], input);
		return `${code} ${stderr}`;
	};
	assert.equal(await failed('.a', '[1]'), '5 jq: error (at <stdin>:0): Cannot index array with "a"\n');
	assert.equal(await failed('.[]', '1'), '5 jq: error (at <stdin>:0): Cannot iterate over number (1)\n');
	assert.equal(
		await failed('. + 1', '"x"'),
		'5 jq: error (at <stdin>:0): string ("x") and number (1) cannot be added\n',
	);
	assert.match(await failed('.a |', '{}'), /^3 jq: error: syntax error, unexpected end of file/);
	assert.match(
		await failed('nothing', '{}'),
		/^3 jq: error: nothing\/0 is not defined at <top-level>, line 1:/,
	);
	assert.match(
		await failed('.', '{"a":'),
		/^2 jq: error \(at <stdin>:0\): Unfinished JSON term at EOF at line 1, column 5/,
	);
});

const isMissing = spawnSync('jq', ['--version']).error !== undefined && 'jq is not installed here';

test('the real jq gives the same', { skip: isMissing }, () => {
	for (const [filter, input, output] of cases) {
		const { stdout } = spawnSync('jq', ['-c', filter], { input: JSON.stringify(input), encoding: 'utf8' });
		assert.equal(stdout, output, filter);
	}
});
