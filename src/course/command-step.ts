// A `bash` fence of an exercise, a check or the setup: a command that is typed into a terminal.
import type { Code } from 'mdast';
import { Fence, type FenceKind } from './fence.ts';
import { imageName } from './frontmatter.ts';
import { decodeKeys } from './keys.ts';
import type { CommandStep } from './manifest.ts';
import type { Source } from './source.ts';

const defaultTerminal = 'main';
/** Seconds. */
const defaultTimeout = 60;

/**
 * Reads a command step, or a command that runs unseen; its digest is still empty.
 * Throws a SourceError where an attribute is wrong.
 */
export function readCommandStep(
	code: Code,
	source: Source,
	kind: Exclude<FenceKind, 'file'> = 'command',
): CommandStep {
	const fence = new Fence(code, source, kind);
	const command = code.value.replace(/\s+$/, '');
	if (command === '') {
		throw source.error(code, 'The step has no command.', 'Write one, or take the fence out.');
	}
	const step: CommandStep = {
		kind: 'command',
		digest: '',
		source: fence.position,
		command,
		terminal:
			fence.matching('terminal', /^[a-z][a-z0-9-]{0,31}$/, 'a name of a–z, 0–9 and -') ?? defaultTerminal,
		timeout: fence.number('timeout', 1) ?? defaultTimeout,
		exit: fence.number('exit', 0) ?? 0,
		hidden: fence.flag('hidden'),
		optional: fence.flag('optional'),
	};
	const optional = {
		expect: fence.pattern('expect'),
		wait: fence.pattern('wait'),
		// biome-ignore lint/suspicious/noThenProperty: the manifest's name for it, and its value is a text
		then: readThen(fence),
		opens: fence.matching('opens', /^[A-Za-z][\w-]*$/, 'a name for the nested shell, such as `pod`'),
		in: fence.matching('in', /^[A-Za-z][\w-]*$/, 'the name that an earlier step gave by `opens=`'),
		capture: fence.capture('capture'),
		open: fence.matching(
			'open',
			/^http:\/\/[a-z0-9][a-z0-9.-]*(?::\d{1,5})?\/[^\s$]*$/,
			'an http:// URL of the lab with a path, such as `http://web.default/` for a Service of type NodePort or LoadBalancer, `http://web.example.com/` for an Ingress’ host, or `http://node1:30080/`',
		),
		only: fence.matching('only', /^(?:embedded|kubeconfig)$/, '`only=embedded` or `only=kubeconfig`') as
			| CommandStep['only']
			| undefined,
		image: fence.matching('image', imageName, 'a container image, such as `mongo:7`'),
	};
	if (step.exit > 255) {
		throw fence.error('exit', `No command ends with ${step.exit}.`, 'Exit codes go from 0 to 255.');
	}
	for (const name of ['then', 'opens'] as const) {
		if (optional[name] === undefined || optional.wait !== undefined) continue;
		throw fence.error(
			name,
			`\`${name}\` stands there without \`wait\`.`,
			name === 'then'
				? 'Add `wait=`: the keys are sent when the output matches it.'
				: 'Add `wait=` with the prompt of the nested shell.',
		);
	}
	return Object.assign(
		step,
		Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
	);
}

function readThen(fence: Fence): string | undefined {
	const text = fence.text('then');
	if (text === undefined) return undefined;
	try {
		return decodeKeys(text);
	} catch (error) {
		throw fence.error(
			'then',
			`\`then\` is malformed: ${(error as Error).message}.`,
			'Write keys as `^C`, `q` or `exit^M`.',
		);
	}
}
