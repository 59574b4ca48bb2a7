// Checks what a page sends: the wire format of protocol.ts, and nothing else.
import { z } from 'zod';
import type { ClientMessage } from '../protocol.ts';

const id = z.string().min(1).max(100);
const slug = z.string().min(1).max(200);
const terminal = z.number().int().min(1).max(0xffff);
const columns = z.number().int().min(2).max(1_000);
const rows = z.number().int().min(1).max(500);
const offset = z.number().int().min(0);
const reference = {
	chapter: slug,
	exercise: slug,
	step: z.number().int().min(0).max(10_000),
	digest: z.string().max(100),
};

const schema = z.discriminatedUnion('type', [
	z.object({ type: z.literal('auth'), ticket: z.string().max(200) }),
	z.object({
		type: z.literal('open'),
		id,
		chapter: slug,
		name: z.string().regex(/^[\w.-]{1,40}$/),
		columns,
		rows,
	}),
	z.object({ type: z.literal('attach'), terminal, offset }),
	z.object({ type: z.literal('detach'), terminal }),
	z.object({ type: z.literal('resize'), terminal, columns, rows }),
	z.object({
		type: z.literal('run'),
		id,
		mode: z.enum(['run', 'dry']),
		busy: z.enum(['refuse', 'interrupt', 'another']),
		...reference,
	}),
	z.object({
		type: z.literal('check'),
		id,
		chapter: slug,
		exercise: slug,
		digest: reference.digest,
	}),
	z.object({ type: z.literal('save'), id, content: z.string(), ...reference }),
	z.object({ type: z.literal('signal'), terminal, signal: z.enum(['INT', 'TERM', 'KILL', 'QUIT', 'HUP']) }),
	z.object({ type: z.literal('reset'), id, chapter: slug, cleanUp: z.boolean().optional() }),
	z.object({
		type: z.literal('catch-up'),
		id,
		chapter: slug,
		exercise: slug,
		digest: reference.digest,
		cleanUp: z.boolean().optional(),
	}),
	z.object({ type: z.literal('cancel'), id, chapter: slug }),
	z.object({ type: z.literal('close'), terminal }),
]);

/**
 * Reads a control message.
 * @throws Error that names the field which is wrong.
 */
export function readMessage(text: string): ClientMessage {
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch {
		throw new Error('The message is not JSON.');
	}
	const result = schema.safeParse(json);
	if (result.success) return result.data;
	const [issue] = result.error.issues;
	throw new Error(`The message's ${issue.path.join('.') || 'type'} is wrong: ${issue.message}.`);
}
