// The environment of a session's shells: an allow-list, nothing of the server's own is inherited.
import { delimiter, dirname, join, sep } from 'node:path';

const bin = join(import.meta.dirname, '..', 'bin');

/** The host's PATH without what npm put there, kubectl's folder first and server/bin last. */
export function searchPath(hostPath: string, kubectl: string | undefined): string {
	const folders = hostPath
		.split(delimiter)
		.filter((folder) => folder.startsWith('/') && !folder.split(sep).includes('node_modules'));
	if (kubectl) folders.unshift(dirname(kubectl));
	return [...new Set([...folders, bin])].join(delimiter);
}

export interface EnvironmentOptions {
	path: string;
	/** The session's marker (processes.ts) and chapter. */
	session: string;
	chapter: string;
	home: string;
	/** The chapter's working folder. */
	folder: string;
	kubeconfig: string;
	cache: string;
}

export function sessionEnvironment(options: EnvironmentOptions): Record<string, string> {
	const locale = process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8';
	return {
		PATH: options.path,
		HOME: options.home,
		HISTFILE: join(options.home, '.history'),
		KUBECONFIG: options.kubeconfig,
		KUBECACHEDIR: options.cache,
		TMPDIR: join(options.home, '..', 'tmp'),
		LANG: locale,
		LC_ALL: locale,
		TERM: 'xterm-256color',
		COLORTERM: 'truecolor',
		SLIDECAR_SESSION: options.session,
		SLIDECAR_CHAPTER: options.chapter,
		SLIDECAR_FOLDER: options.folder,
	};
}
