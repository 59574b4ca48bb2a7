// Commands in the pods of a story's cluster, as `kubectl exec` runs them.
import { collect, settled } from '../../lab/runtime/test-container.ts';
import type { TestCluster } from '../../lab/test-cluster.ts';

/** Runs a command in a pod's container (the only one where none is named), moving time on until it has ended. */
export async function execute(
	{ lab, clock }: Pick<TestCluster, 'lab' | 'clock'>,
	pod: string,
	command: readonly string[],
	input?: string,
	container?: string,
): Promise<{ code: number; stdout: string; stderr: string }> {
	const query = new URLSearchParams([
		['stdout', 'true'],
		['stderr', 'true'],
		...(input === undefined ? [] : [['stdin', 'true']]),
		...(container === undefined ? [] : [['container', container]]),
		...command.map((word) => ['command', word]),
	]);
	const output = collect(input);
	const ended = (async () => {
		const granted = await lab.api.upgrade({
			method: 'POST',
			path: `/api/v1/namespaces/default/pods/${pod}/exec`,
			query,
			headers: {},
			user: { username: 'admin', groups: ['system:masters', 'system:authenticated'] },
			signal: new AbortController().signal,
		});
		if ('status' in granted) throw new Error(`refused with ${granted.status}: ${granted.body}`);
		if (granted.kind !== 'exec') throw new Error(`the API server granted ${granted.kind}, not exec`);
		return granted.run(output.streams);
	})();
	const { code } = await settled(clock, ended);
	return { code, stdout: output.stdout(), stderr: output.stderr() };
}
