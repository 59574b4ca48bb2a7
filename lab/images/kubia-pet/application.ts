// What the two kubia images have in common: an application on Node.js 7 that answers on port 8080, and keeps what is
// posted to it in a file of its volume.
import type { HttpRequest } from '../../network/http.ts';
import { encode } from '../../runtime/byte-text.ts';
import type { OpenFile, Process, Program } from '../../runtime/process.ts';
import { signalReceived } from '../../runtime/programs/server.ts';
import { nodeLayers, serveNodeHttp, unhandledError } from '../bases/node.ts';
import type { Repository } from '../image.ts';
import { createRepository, standardPath } from '../repository.ts';

const dataFile = '/var/data/kubia.txt';

/** What was posted last. */
export function storedData(process: Process): string {
	return process.files.exists(dataFile) ? process.files.readText(dataFile) : 'No data posted yet';
}

async function store(process: Process, request: HttpRequest): Promise<void> {
	let file: OpenFile;
	try {
		file = process.open(dataFile, 'w');
	} catch (error) {
		return unhandledError(process, error, `open '${dataFile}'`);
	}
	try {
		for await (const part of request.body ?? []) await file.write(part, process);
	} catch (error) {
		await unhandledError(process, error, 'write');
	} finally {
		file.release();
	}
}

const nodeVersion = '7.10.1';

/** `said` is logged at each POST; every other request gets what `answer` gives. */
export function kubiaRepository(
	name: string,
	said: string,
	answer: (process: Process, request: HttpRequest) => AsyncIterable<string>,
): Repository {
	const layers = nodeLayers(nodeVersion, application(said, answer));
	return createRepository({
		name,
		hasTag: (tag) => tag === 'latest',
		content: () => ({
			config: {
				entrypoint: ['node', 'app.js'],
				cmd: [],
				env: { PATH: standardPath, NODE_VERSION: nodeVersion, NPM_CONFIG_LOGLEVEL: 'info' },
				workingDir: '/',
			},
			layers,
			sizeBytes: 263_000_000,
		}),
	});
}

function application(
	said: string,
	answer: (process: Process, request: HttpRequest) => AsyncIterable<string>,
): Program {
	return async (process) => {
		serveNodeHttp(process, 8080, async (request) => {
			if (request.method !== 'POST') return encoded(answer(process, request));
			await store(process, request);
			if (said) await process.write(1, `${said}\n`);
			return encoded([`Data stored on pod ${process.hostname}\n`]);
		});
		// Node leaves SIGTERM to its default action, which PID 1 does not have: only SIGKILL ends the container.
		await signalReceived(process, []);
		return 0;
	};
}

async function* encoded(texts: AsyncIterable<string> | Iterable<string>): AsyncIterable<Uint8Array> {
	for await (const text of texts) yield encode(text);
}
