// Which shell learners get, and how it is made to mark its prompts and commands (terminals/shell/).
import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const integration = join(import.meta.dirname, 'shell');

export interface Shell {
	name: 'bash' | 'zsh' | 'sh';
	/** Absolute. */
	file: string;
}

/** The absolute path of an executable of PATH. */
function onPath(name: string, path: string): string | undefined {
	for (const folder of path.split(delimiter)) {
		if (!folder.startsWith('/')) continue;
		try {
			accessSync(join(folder, name), constants.X_OK);
			return join(folder, name);
		} catch {
			// Not here: the next folder.
		}
	}
	return undefined;
}

function isBash51(file: string): boolean {
	try {
		const version = execFileSync(file, ['--norc', '-c', 'echo $BASH_VERSION'], {
			encoding: 'utf8',
			timeout: 5_000,
		});
		const [major, minor] = version.split('.').map(Number);
		return major > 5 || (major === 5 && minor >= 1);
	} catch {
		return false;
	}
}

/**
 * bash from 5.1 on (its PROMPT_COMMAND can be an array), else zsh (macOS), else sh.
 * @throws Error where PATH has none of them.
 */
export function findShell(path: string): Shell {
	const bash = onPath('bash', path);
	if (bash && isBash51(bash)) return { name: 'bash', file: bash };
	const zsh = onPath('zsh', path);
	if (zsh) return { name: 'zsh', file: zsh };
	const sh = onPath('sh', path);
	if (sh) return { name: 'sh', file: sh };
	throw new Error('no shell: PATH has neither bash 5.1 or newer, nor zsh, nor sh. Install bash.');
}

/** How to start the shell with its integration; the integration unsets what it was told here. */
export function startShell(
	shell: Shell,
	nonce: string,
): { arguments: string[]; environment: Record<string, string> } {
	const environment = { SLIDECAR_NONCE: nonce, SHELL: shell.file };
	switch (shell.name) {
		case 'bash':
			return { arguments: ['--rcfile', join(integration, 'integration.bash'), '-i'], environment };
		case 'zsh':
			return { arguments: ['-i'], environment: { ...environment, ZDOTDIR: join(integration, 'zsh') } };
		case 'sh':
			return { arguments: ['-i'], environment: { ...environment, ENV: join(integration, 'integration.sh') } };
	}
}
