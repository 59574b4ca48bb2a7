// /etc/passwd and /etc/group from one list of accounts.
import type { FileTree } from '../../runtime/files.ts';

export interface Account {
	name: string;
	id: number;
	/** The group's, where it differs. */
	group?: number;
	home?: string;
	shell?: string;
	comment?: string;
}

/** The two files; an account's group has its name. */
export function accountFiles(accounts: readonly Account[], groups: Record<string, number> = {}): FileTree {
	const users = accounts.map(
		({ name, id, group = id, comment = name, home = '/', shell = '/usr/sbin/nologin' }) =>
			`${name}:x:${id}:${group}:${comment}:${home}:${shell}\n`,
	);
	const own = accounts
		.filter(({ id, group = id }) => group === id)
		.map(({ name, id }) => [name, id] as const);
	const all = [...own, ...Object.entries(groups)].sort(([, a], [, b]) => a - b);
	return { passwd: users.join(''), group: all.map(([name, id]) => `${name}:x:${id}:\n`).join('') };
}
