// What a command is to the server: a name, what must hold before it, and what it answers.
import type { Document } from '../documents/values.ts';
import type { DatabaseServer } from './database-server.ts';

export interface Command {
	/** What a member of a replica set must be: primary to write, primary or (where asked for) secondary to read. */
	needs?: 'primary' | 'readable';
	/** Answers without `ok`; throws CommandError. */
	run(server: DatabaseServer, request: Document, caller: Caller): Document | Promise<Document>;
}

/** The connection that a command came over. */
export interface Caller {
	readonly id: number;
	readonly address: string;
}

/** The namespace that a command's first field names. */
export function namespaceOf(request: Document): string {
	const [first] = Object.values(request);
	return `${String(request.$db)}.${String(first)}`;
}
