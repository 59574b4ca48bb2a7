// Node.js as an image has it: `node FILE` runs an application that the lab knows. Other JavaScript is not run.
import { type HttpRequest, type HttpResponse, header } from '../../network/http.ts';
import type { FileTree } from '../../runtime/files.ts';
import { type Process, type Program, SystemError } from '../../runtime/process.ts';
import { httpDate } from '../../runtime/programs/dates.ts';
import { serveHttpOn } from '../../runtime/programs/server.ts';
import { caCertificates } from './ca-certificates.ts';
import { debianTree, executables } from './debian.ts';

/** The `node` executable of a version as 7.10.1. */
function nodeProgram(version: string): Program {
	return async (process) => {
		const [file] = process.argv.slice(1).filter((arg) => !arg.startsWith('-'));
		if (process.argv.some((arg) => arg === '-v' || arg === '--version')) {
			await process.write(1, `v${version}\n`);
			return 0;
		}
		if (file === undefined) {
			await process.write(2, "node: the lab runs an image's own application only, no JavaScript typed in\n");
			return 9;
		}
		const path = file.startsWith('/') ? file : `${process.cwd.replace(/\/$/, '')}/${file}`;
		if (!process.files.exists(path)) {
			await process.write(2, `Error: Cannot find module '${path}'\n`);
			return 1;
		}
		const application = process.files.programOf(path);
		if (application) return application(process);
		await process.write(2, `node: ${path}: the lab runs an image's own application only\n`);
		return 1;
	};
}

/** The layers of an image of Node.js on Debian with an application in /app.js. */
export function nodeLayers(version: string, application: Program): FileTree[] {
	return [
		debianTree(),
		caCertificates,
		{
			usr: {
				bin: executables(['curl', 'procps']),
				local: { bin: { node: { $program: nodeProgram(version) } } },
			},
		},
		{ 'app.js': { $program: application } },
	];
}

/** Serves HTTP as Node's `http` does, which sends what has no length in chunks. */
export function serveNodeHttp(
	process: Process,
	port: number,
	handle: (request: HttpRequest) => Promise<AsyncIterable<Uint8Array>>,
): void {
	serveHttpOn(process, port, async (request): Promise<HttpResponse> => {
		const body = await handle(request);
		const asked = header(request.headers, 'connection')?.toLowerCase();
		const closes = asked === 'close' || (request.version !== 'HTTP/1.1' && asked !== 'keep-alive');
		return {
			status: 200,
			headers: [
				['Date', httpDate(process.clock.now())],
				['Connection', closes ? 'close' : 'keep-alive'],
			],
			body,
		};
	});
}

/** Ends the process as an error event does that nobody handles. */
export async function unhandledError(process: Process, error: unknown, call: string): Promise<never> {
	if (!(error instanceof SystemError)) throw error;
	const said = `${error.code}: ${error.message.toLowerCase()}, ${call}`;
	await process.write(
		2,
		`events.js:160\n      throw er; // Unhandled 'error' event\n      ^\n\nError: ${said}\n    at Error (native)\n`,
	);
	return process.exit(1);
}
