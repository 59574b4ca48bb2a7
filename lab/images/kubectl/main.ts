// The kubectl command inside a pod: flags, and which command does what. It speaks to the API by HTTPS as the pod's
// service account.
import type { Process, Program } from '../../runtime/process.ts';
import { clusterClient } from '../../runtime/programs/cluster-client.ts';
import { FlagError, type FlagKind, Flags } from '../../runtime/programs/cobra-flags.ts';
import { auth } from './access.ts';
import { apply, create, mark, patch, remove, scale } from './change.ts';
import { Context, Failure } from './context.ts';
import { logs, rolloutCommand, wait } from './follow.ts';
import { get } from './get.ts';
import { Resources } from './resources.ts';

type Command = (context: Context, resources: Resources) => Promise<number>;

const commands: Readonly<Record<string, Command>> = {
	annotate: (context, resources) => mark(context, resources, 'annotations'),
	apply,
	auth,
	create,
	delete: remove,
	get,
	label: (context, resources) => mark(context, resources, 'labels'),
	logs,
	patch,
	rollout: rolloutCommand,
	scale,
	wait,
};

const kinds: Record<string, FlagKind> = {
	all: 'bool',
	'all-namespaces': 'bool',
	cascade: 'string',
	client: 'bool',
	container: 'string',
	'field-selector': 'string',
	filename: 'string',
	follow: 'bool',
	for: 'string',
	force: 'bool',
	from: 'string',
	'grace-period': 'int',
	'ignore-not-found': 'bool',
	namespace: 'string',
	'no-headers': 'bool',
	output: 'string',
	overwrite: 'bool',
	patch: 'string',
	previous: 'bool',
	replicas: 'int',
	selector: 'string',
	'server-side': 'bool',
	'show-labels': 'bool',
	since: 'duration',
	subresource: 'string',
	tail: 'int',
	timeout: 'duration',
	timestamps: 'bool',
	type: 'string',
	wait: 'bool',
	watch: 'bool',
};
const shared = {
	A: 'all-namespaces',
	c: 'container',
	f: 'filename',
	l: 'selector',
	n: 'namespace',
	o: 'output',
};
/** Letters that mean something else, command by command. */
const own: Record<string, Record<string, string>> = {
	logs: { f: 'follow', p: 'previous' },
	patch: { p: 'patch' },
	get: { w: 'watch' },
	rollout: { w: 'watch' },
};

async function version(process: Process, release: string, args: readonly string[]): Promise<number> {
	await process.write(1, `Client Version: ${release}\nKustomize Version: v5.7.1\n`);
	if (args.some((arg) => /^--client(?:=true)?$/.test(arg))) return 0;
	const client = clusterClient(process, `kubectl/${release}`);
	if (!client)
		throw new Failure(
			'The connection to the server localhost:8080 was refused - did you specify the right host or port?',
		);
	const context = new Context(process, client, new Flags([], { kinds: {} }));
	const { gitVersion } = await context.askFor<{ gitVersion: string }>({ method: 'GET', target: '/version' });
	await process.write(1, `Server Version: ${gitVersion}\n`);
	return 0;
}

async function run(process: Process, release: string): Promise<number> {
	const args = process.argv.slice(1);
	// Flags for every command may stand before its name.
	const at = args.findIndex(
		(arg, index) => !arg.startsWith('-') && !/^-[nl]$|^--namespace$/.test(args[index - 1] ?? ''),
	);
	const name = args[at];
	const rest = args.filter((_, index) => index !== at);
	if (name === 'version') return version(process, release, rest);
	const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
	if (!command) {
		const list = [...Object.keys(commands), 'version'].sort().join(', ');
		if (name === undefined) {
			await process.write(
				1,
				`kubectl controls the Kubernetes cluster manager.\n\nIn the lab's containers it has: ${list}\n`,
			);
			return 0;
		}
		throw new Failure(`error: the lab's kubectl does not have "${name}" inside a container; it has ${list}`);
	}
	const flags = new Flags(rest, { kinds, letters: { ...shared, ...own[name] } });
	const client = clusterClient(process, `kubectl/${release} (linux/amd64) kubernetes`);
	if (!client)
		throw new Failure(
			'The connection to the server localhost:8080 was refused - did you specify the right host or port?',
		);
	const context = new Context(process, client, flags);
	return command(context, new Resources(context));
}

/** The kubectl of a release as v1.36.2. */
export function kubectlProgram(release: string): Program {
	return async (process) => {
		try {
			return await run(process, release);
		} catch (error) {
			if (error instanceof FlagError) {
				await process.write(2, `error: ${error.message}\nSee 'kubectl --help' for usage.\n`);
				return 1;
			}
			if (!(error instanceof Failure)) throw error;
			await process.write(2, `${error.message}\n`);
			return error.code;
		}
	};
}
