// The application: dials its database once, at the start, and gives up where there is no primary to write to. The
// connection of its first request is that of all later ones: when it is lost, only a new process helps.
import { type HttpRequest, type HttpResponse, header } from '../../network/http.ts';
import { encode } from '../../runtime/byte-text.ts';
import type { Process, Program } from '../../runtime/process.ts';
import { httpDate, strftime } from '../../runtime/programs/dates.ts';
import { endedByGoRuntime, serveHttpOn } from '../../runtime/programs/server.ts';
import type { Document } from '../mongo/documents/values.ts';
import {
	MongoClient,
	MongoNetworkError,
	MongoServerError,
	MongoServerSelectionError,
} from '../mongo/driver/client.ts';

const port = 8080;
/** mgo.Dial's time, and that of its operations. */
const dialTimeoutMs = 10_000;
const database = 'test';
const collection = 'people';
const residentBytes = 5 * 2 ** 20;
/** A Go program that panics ends with this. */
const panicCode = 2;
/** Upper bounds of the histogram's buckets, in seconds (prometheus.DefBuckets). */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

class Application {
	readonly #process: Process;
	readonly #client: MongoClient;
	/** By the series' labels: the durations of its requests, in seconds. */
	readonly #requests = new Map<string, { counts: number[]; sum: number; count: number }>();

	constructor(process: Process, client: MongoClient) {
		this.#process = process;
		this.#client = client;
	}

	async answer(request: HttpRequest): Promise<HttpResponse> {
		const url = new URL(request.target, 'http://localhost');
		const start = this.#process.clock.now();
		const handle = this.#handlers[url.pathname];
		if (url.pathname === '/metrics') return text(200, this.#metrics());
		if (!handle) return text(404, '404 page not found\n');
		const time = strftime('%Y/%m/%d %H:%M:%S', start);
		await this.#process.write(2, `${time} ${request.method} request to ${request.target}\n`);
		const response = await handle(request, url);
		this.#record(request.method, url.pathname, response.status, (this.#process.clock.now() - start) / 1000);
		return response;
	}

	readonly #handlers: Readonly<Record<string, (request: HttpRequest, url: URL) => Promise<HttpResponse>>> = {
		'/demo/hello': async (_, { searchParams }) => {
			const delay = Number.parseInt(searchParams.get('delay') ?? '', 10);
			if (delay > 0) await this.#process.sleep(delay);
			return text(200, 'hello, world!\n');
		},
		'/demo/random-error': async () =>
			this.#process.random() < 0.1
				? text(500, 'ERROR: Something, somewhere, went wrong!\n')
				: text(200, 'Everything is still OK\n'),
		'/demo/person': async ({ method }, { searchParams }) => {
			try {
				if (method !== 'PUT') return text(200, (await this.#names()).join('\n'));
				await this.#keep(searchParams.get('name') ?? '');
				return text(200, 'Everything is OK');
			} catch (error) {
				if (!isDatabaseError(error)) throw error;
				return text(500, error.message);
			}
		},
	};

	async #keep(name: string): Promise<void> {
		const updates = [{ q: { _id: name }, u: { name }, upsert: true }];
		const reply = await this.#client.command(database, { update: collection, updates });
		const [error] = (reply.writeErrors ?? []) as Document[];
		if (error) throw new MongoServerError(error);
	}

	async #names(): Promise<string[]> {
		const command = { find: collection, filter: {}, batchSize: 10_000 };
		const { cursor } = await this.#client.command(database, command);
		return ((cursor as Document).firstBatch as Document[]).map(({ name }) => String(name));
	}

	#record(method: string, path: string, code: number, seconds: number): void {
		const labels = `code="${code}",method="${method}",path="${path}",service="go-demo"`;
		const known = this.#requests.get(labels) ?? { counts: buckets.map(() => 0), sum: 0, count: 0 };
		for (const [at, bound] of buckets.entries()) if (seconds <= bound) known.counts[at]++;
		known.sum += seconds;
		known.count++;
		this.#requests.set(labels, known);
	}

	#metrics(): string {
		const name = 'http_server_resp_time';
		let lines = `# HELP ${name} Request response time\n# TYPE ${name} histogram\n`;
		for (const [labels, { counts, sum, count }] of this.#requests) {
			for (const [at, bound] of buckets.entries())
				lines += `${name}_bucket{${labels},le="${bound}"} ${counts[at]}\n`;
			lines += `${name}_bucket{${labels},le="+Inf"} ${count}\n${name}_sum{${labels}} ${sum}\n${name}_count{${labels}} ${count}\n`;
		}
		return lines;
	}

	/** The form of a response that Go's server gives. */
	handler(): (request: HttpRequest) => Promise<HttpResponse> {
		return async (request) => {
			const response = await this.answer(request);
			response.headers.unshift(['Date', httpDate(this.#process.clock.now())]);
			if (header(response.headers, 'content-type') === undefined)
				response.headers.push(['Content-Type', 'text/plain; charset=utf-8']);
			return response;
		};
	}
}

function text(status: number, body: string): HttpResponse {
	return { status, headers: [], body: encode(body) };
}

function isDatabaseError(error: unknown): error is Error {
	return (
		error instanceof MongoServerError ||
		error instanceof MongoNetworkError ||
		error instanceof MongoServerSelectionError
	);
}

async function panic(process: Process, message: string): Promise<number> {
	await process.write(
		2,
		`panic: ${message}\n\ngoroutine 1 [running]:\nmain.setupDb()\n\t/src/main.go:70 +0x1a5\nmain.main()\n\t/src/main.go:48 +0x67\n`,
	);
	return panicCode;
}

/** The executable go-demo. The host of its database is in $DB, or in the variable that $DB_ENV names. */
export const goDemo: Program = async (process) => {
	process.allocate(residentBytes);
	const host = process.env.get(process.env.get('DB_ENV') || 'DB') || 'localhost';
	const client = new MongoClient(process, {
		hosts: [host.includes(':') ? host : `${host}:27017`],
		database,
		direct: false,
		readPreference: 'primary',
		selectionTimeoutMs: dialTimeoutMs,
		// Its driver, mgo, has not been looked after since 2018.
		legacy: true,
	});
	try {
		await client.connect();
		await client.command('admin', { ping: 1 });
		client.reserve();
	} catch (error) {
		if (error instanceof MongoServerError) return panic(process, error.message);
		if (!isDatabaseError(error)) throw error;
		return panic(process, 'no reachable servers');
	}
	serveHttpOn(process, port, new Application(process, client).handler());
	return endedByGoRuntime(process);
};
