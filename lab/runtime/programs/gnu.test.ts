// The lab's tools beside the GNU tools of this machine: each line runs in both, and output, complaints and
// exit code must be equal. A line whose tools are missing here, or other ones than GNU's, is skipped with the reason.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { before, suite, test } from 'node:test';
import { createTestPods, type TestPod } from '../../images/test-pods.ts';
import { commandLines } from './gnu-lines.ts';

const files = {
	'a.txt': 'one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\neleven\ntwelve\n',
	'b.txt': 'apple 3 red\nbanana 12 yellow\ncherry 7 red\n\ndate 20 brown\n',
	'c.csv': 'id,name,city\n1,Ann,Rome\n2,Bob,"x"\n3,Cy,Oslo',
	'd.txt': 'one\n2\nthree\nfour\nfive\nsix\n7\neight\nnine\nten\n',
	'u.txt': 'a\na\nb\nA\nc\nc\nc\n',
	'n.txt': '10\n9\n2.5\n-1\n1K\n100\n',
};

interface Result {
	code: number | null;
	stdout: string;
	stderr: string;
}

/** Quotation marks differ by locale. */
const plain = ({ code, stdout, stderr }: Result): Result => ({
	code,
	stdout: stdout.replace(/[‘’]/g, "'"),
	stderr: stderr.replace(/[‘’]/g, "'"),
});

function runHere(line: string): Result {
	const folder = mkdtempSync(path.join(tmpdir(), 'lab-tools-'));
	try {
		for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
		const env = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', TZ: 'UTC' };
		const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', line], {
			cwd: folder,
			env,
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		return { code: status, stdout, stderr };
	} finally {
		rmSync(folder, { recursive: true });
	}
}

/** Why this machine's tool cannot be compared with; undefined where it can. */
function reasonToSkip(tool: string): string | undefined {
	const found = spawnSync('bash', ['-c', `command -v ${tool}`], { encoding: 'utf8' });
	if (found.status !== 0) return `${tool} is not on this machine`;
	if (tool === 'perl' || tool === 'awk') {
		const version = spawnSync(tool, tool === 'perl' ? ['-v'] : ['-W', 'version'], { encoding: 'utf8' });
		const expected = tool === 'perl' ? 'perl 5' : 'mawk';
		return (version.stdout + version.stderr).includes(expected)
			? undefined
			: `${tool} here is not ${expected}`;
	}
	const help = spawnSync(tool, ['--version'], { encoding: 'utf8' });
	return /GNU|Free Software|coreutils/.test(help.stdout) ? undefined : `${tool} here is not GNU's`;
}

suite('GNU tools', () => {
	let pod: TestPod;
	before(async () => {
		pod = await createTestPods().start('tools', 'debian', { command: ['sleep', 'infinity'] });
	});
	for (const [tool, lines] of Object.entries(commandLines)) {
		test(tool, async (context) => {
			const reason = reasonToSkip(tool);
			if (reason) return context.skip(reason);
			for (const line of lines) {
				await pod.run(['rm', '-rf', '/w']);
				await pod.run(['mkdir', '/w']);
				for (const [name, text] of Object.entries(files)) await pod.run(['tee', `/w/${name}`], text);
				const { code, stdout, stderr } = await pod.run(['bash', '-c', `cd /w; ${line}`]);
				assert.deepEqual(plain({ code, stdout, stderr }), plain(runHere(line)), line);
			}
		});
	}
});
