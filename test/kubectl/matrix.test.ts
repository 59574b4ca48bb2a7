// The same commands by four versions of kubectl, and words that must come of them.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createLabHost } from '../../lab/node/host.ts';
import { KubectlError, kubectlVersion } from '../../server/kubectl/kubectl.ts';
import { administrationCommands } from './commands/administration.ts';
import { clusterCommands } from './commands/cluster.ts';
import { files } from './commands/files.ts';
import { objectCommands } from './commands/objects.ts';
import { operationCommands } from './commands/operations.ts';
import { podCommands } from './commands/pods.ts';
import { policyCommands } from './commands/policies.ts';
import { refusalCommands } from './commands/refusals.ts';
import { workloadCommands } from './commands/workloads.ts';
import { createWorkspace } from './workspace.ts';

const steps = [
	...clusterCommands,
	...objectCommands,
	...podCommands,
	...workloadCommands,
	...operationCommands,
	...refusalCommands,
	...administrationCommands,
	...policyCommands,
];
const minors = [27, 30, 33, 36];

const host = createLabHost();
after(() => host.close());

test('kubectl of every version', { concurrency: minors.length, timeout: 300_000 }, async (t) => {
	let ran = 0;
	const versions = minors.map((minor) =>
		t.test(`kubectl 1.${minor}`, async (t) => {
			let kubectl: string;
			try {
				kubectl = await kubectlVersion(`1.${minor}`);
			} catch (error) {
				if (!(error instanceof KubectlError)) throw error;
				return t.skip(`kubectl 1.${minor} cannot be had: ${error.message}`);
			}
			ran++;
			const lab = await host.create({ nodes: 2, pace: 'fast' });
			t.after(() => lab.remove());
			const workspace = await createWorkspace(kubectl, lab.kubeconfig);
			t.after(() => workspace.remove());
			for (const [file, text] of Object.entries(files)) await workspace.write(file, text);
			for (const { run, expect, warns, exit = 0, since = 0 } of steps) {
				if (minor < since) continue;
				await t.test(run, async () => {
					const { stdout, stderr, exit: code } = await workspace.run(run);
					assert.equal(code, exit, `${stdout}${stderr}`);
					if (expect) assert.match(exit === 0 ? stdout : stderr, expect);
					if (warns) assert.match(stderr, warns);
				});
			}
		}),
	);
	await Promise.all(versions);
	assert.ok(ran >= 2, 'at least two versions of kubectl have to run');
});
