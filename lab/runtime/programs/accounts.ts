// User and group names by a container's /etc/passwd and /etc/group.
import type { Process } from '../process.ts';

interface Entry {
	name: string;
	id: number;
	rest: string[];
}

function entries(process: Process, path: string): Entry[] {
	if (!process.files.exists(path)) return [];
	return process.files
		.readText(path)
		.split('\n')
		.filter((line) => line.includes(':'))
		.map((line) => {
			const [name, , id, ...rest] = line.split(':');
			return { name, id: Number(id), rest };
		});
}

export function userName(process: Process, uid: number): string | undefined {
	return entries(process, '/etc/passwd').find(({ id }) => id === uid)?.name;
}

export function groupName(process: Process, gid: number): string | undefined {
	return entries(process, '/etc/group').find(({ id }) => id === gid)?.name;
}

/** The uid of a name or number, with the user's own group; undefined for an unknown name. */
export function findUser(process: Process, text: string): { uid: number; gid?: number } | undefined {
	const entry = entries(process, '/etc/passwd').find(({ name }) => name === text);
	if (entry) return { uid: entry.id, gid: Number(entry.rest[0]) };
	return /^\d+$/.test(text) ? { uid: Number(text) } : undefined;
}

export function findGroup(process: Process, text: string): number | undefined {
	const entry = entries(process, '/etc/group').find(({ name }) => name === text);
	if (entry) return entry.id;
	return /^\d+$/.test(text) ? Number(text) : undefined;
}

/** The groups that list the user as a member. */
export function supplementaryGroups(process: Process, user: string): number[] {
	return entries(process, '/etc/group')
		.filter(({ rest }) => rest[0]?.split(',').includes(user))
		.map(({ id }) => id);
}
