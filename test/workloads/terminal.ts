// A story told with a real kubectl against a lab at pace fast: command after command, each with what it prints.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { LabHost } from '../../lab/node/host.ts';
import { KubectlError, kubectlVersion } from '../../server/kubectl/kubectl.ts';
import { createWorkspace } from '../kubectl/workspace.ts';

export interface Step {
	run: string;
	/** All that is printed, unless it is a pattern. */
	expect: string | RegExp;
	fails?: boolean;
}

/** Plays the steps in bash, in a folder with `files`; skipped where there is no kubectl to be had. */
export async function tell(
	t: TestContext,
	host: LabHost,
	files: Readonly<Record<string, string>>,
	steps: readonly Step[],
	{ nodes = 2 }: { nodes?: number } = {},
): Promise<void> {
	let kubectl: string;
	try {
		kubectl = await kubectlVersion('1.36');
	} catch (error) {
		if (!(error instanceof KubectlError)) throw error;
		return t.skip(`kubectl 1.36 cannot be had: ${error.message}`);
	}
	const lab = await host.create({ nodes, pace: 'fast' });
	t.after(() => lab.remove());
	const workspace = await createWorkspace(kubectl, lab.kubeconfig);
	t.after(() => workspace.remove());
	for (const [name, text] of Object.entries(files)) await workspace.write(name, text);
	for (const { run, expect, fails = false } of steps) {
		const { exit, stdout, stderr } = await workspace.run(run);
		const printed = stdout + stderr;
		assert.equal(exit !== 0, fails, `${run}\n${printed}`);
		if (typeof expect === 'string') assert.equal(printed, expect, run);
		else assert.match(printed, expect, run);
	}
}

/** Runs a command while `kubectl proxy` listens on a port of its own, which the command finds in $PORT. */
export function throughProxy(command: string): string {
	return `exec 3< <(exec kubectl proxy --port=0)
trap "kill $!" EXIT
read -r -u 3 SAID && PORT=\${SAID##*:}
${command}`;
}
