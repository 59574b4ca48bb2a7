// The agent's log, in the form of hclog: `2024-11-07T09:00:00.000Z [INFO]  agent.server: message: key=value`.
import { strftime } from '../../../runtime/programs/dates.ts';

export const levels = ['trace', 'debug', 'info', 'warn', 'error'] as const;
export type Level = (typeof levels)[number];
export type Fields = Readonly<Record<string, string | number | boolean | readonly string[]>>;

export interface Logger {
	debug(message: string, fields?: Fields): void;
	info(message: string, fields?: Fields): void;
	warn(message: string, fields?: Fields): void;
	error(message: string, fields?: Fields): void;
	/** A logger whose name goes on with a dot. */
	named(name: string): Logger;
}

/** Takes each line, with its level. */
export type Sink = (line: string, level: Level) => void;

/** Whether the level is at least as grave as the other. */
export function reaches(level: Level, least: Level): boolean {
	return levels.indexOf(level) >= levels.indexOf(least);
}

function quote(value: string): string {
	return /[\s"=]|[^\x20-\x7e]/.test(value) ? JSON.stringify(value) : value;
}

function fieldText([key, value]: [string, Fields[string]]): string {
	if (typeof value === 'object') return `${key}=[${value.map((each) => JSON.stringify(each)).join(', ')}]`;
	return `${key}=${quote(String(value))}`;
}

export function createLogger(name: string, now: () => number, sink: Sink): Logger {
	const write = (level: Level, message: string, fields: Fields = {}) => {
		const time = strftime('%Y-%m-%dT%H:%M:%S.%3NZ', now());
		const label = `[${level.toUpperCase()}]`.padEnd(7);
		const list = Object.entries(fields).map(fieldText);
		const details = list.length > 0 ? `: ${list.join(' ')}` : '';
		sink(`${time} ${label} ${name}: ${message}${details}\n`, level);
	};
	return {
		debug: (message, fields) => write('debug', message, fields),
		info: (message, fields) => write('info', message, fields),
		warn: (message, fields) => write('warn', message, fields),
		error: (message, fields) => write('error', message, fields),
		named: (part) => createLogger(`${name}.${part}`, now, sink),
	};
}
