// Prompts: the default of each shell, and the escapes of bash's and busybox' PS1.
import type { Dialect } from './dialect.ts';
import type { Shell } from './shell.ts';

/** PS1 where nothing else is set: Debian's for dash and bash, busybox' own. */
export function defaultPrompt(dialect: Dialect, uid: number): string {
	if (dialect.name === 'dash') return uid === 0 ? '# ' : '$ ';
	return dialect.name === 'ash' ? '\\w \\$ ' : '\\u@\\h:\\w\\$ ';
}

/** The prompt as shown: parameters are expanded, and in bash and ash the escapes before that. */
export async function promptText(shell: Shell, variable: 'PS1' | 'PS2'): Promise<string> {
	const text =
		shell.parameter(variable) ??
		(variable === 'PS2' ? '> ' : defaultPrompt(shell.dialect, shell.process.uid));
	const plain =
		shell.dialect.name === 'dash'
			? text
			: text.replace(/\\(\\|[a-zA-Z$[\]])/g, (_, letter) => escapeOf(shell, letter));
	return plain.includes('$') && /\$[\w({]/.test(plain) ? shell.expandText(plain) : plain;
}

function escapeOf(shell: Shell, letter: string): string {
	const { process } = shell;
	const directory = () => {
		const path = shell.parameter('PWD') ?? process.cwd;
		const home = shell.parameter('HOME');
		if (!home || home === '/') return path;
		return path === home ? '~' : path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
	};
	switch (letter) {
		case 'u':
			return userName(shell);
		case 'h':
			return process.hostname.split('.')[0];
		case 'H':
			return process.hostname;
		case 'w':
			return directory();
		case 'W':
			return directory().replace(/^.*\/(?=.)/, '');
		case '$':
			return process.uid === 0 ? '#' : '$';
		case 's':
			return shell.name.replace(/^.*\//, '').replace(/^-/, '');
		case 'v':
			return '5.2';
		case 't':
			return new Date(process.clock.now()).toISOString().slice(11, 19);
		case 'n':
			return '\n';
		case 'r':
			return '\r';
		case 'e':
			return '\x1b';
		case 'a':
			return '\x07';
		case '[':
		case ']':
			return '';
		default:
			return letter === '\\' ? '\\' : `\\${letter}`;
	}
}

function userName(shell: Shell): string {
	const { files, uid } = shell.process;
	const lines = files.exists('/etc/passwd') ? files.readText('/etc/passwd').split('\n') : [];
	const entry = lines.find((line) => line.split(':')[2] === String(uid));
	return entry?.split(':')[0] ?? (shell.dialect.name === 'bash' ? 'I have no name!' : String(uid));
}
