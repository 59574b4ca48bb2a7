// A server in a process of its own, as run-server.ts runs it: prints its address, and crashes when told to.
import { runServer } from '../run-server.ts';
import { chapter, course } from './course.ts';
import { startTestServer } from './server.ts';

await runServer(async () => {
	const server = await startTestServer(course(chapter({})));
	process.on('message', () => {
		throw new Error('a fault that nobody has foreseen');
	});
	return { message: server.url, close: server.close };
});
