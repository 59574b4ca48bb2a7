// A server for the tests, without a lab or a site.
import pino from 'pino';
import type { CourseManifest } from '../../src/course/manifest.ts';
import { createNoLab } from '../labs/none.ts';
import { type RunningServer, type ServerOptions, startServer } from '../server.ts';

export function startTestServer(
	course: CourseManifest,
	options: Partial<ServerOptions> = {},
): Promise<RunningServer> {
	return startServer({
		host: '127.0.0.1',
		port: 0,
		lab: createNoLab(),
		course: async () => course,
		log: pino({ level: 'warn' }, pino.destination(2)),
		...options,
	});
}
