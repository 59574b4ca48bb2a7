// `npm run dev`: Astro's development server with the terminal server in front of it, on one origin.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createLabProvider } from './labs/create.ts';
import { runServer } from './run-server.ts';
import { startServer } from './server.ts';
import { courseFromUrl } from './sessions/course.ts';
import { astroCommand, projectFolder, siteBase, siteEnvironment } from './site.ts';

/** A port that is free now. */
function freePort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const address = server.address();
			server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
		});
	});
}

/** Prints Astro's output but for its own address, where there are no terminals; resolves when Astro would print it. */
function relay(output: Readable): Promise<void> {
	return new Promise((resolve) => {
		createInterface({ input: output }).on('line', (line) => {
			if (/Local\b.*http:/.test(line)) resolve();
			else console.log(line);
		});
	});
}

await runServer(async (options, log) => {
	const astroPort = await freePort();
	const astro = spawn(
		process.execPath,
		[astroCommand(), 'dev', '--host', '127.0.0.1', '--port', String(astroPort)],
		{
			cwd: projectFolder,
			env: { ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}), ...siteEnvironment(options.content) },
			stdio: ['inherit', 'pipe', 'inherit'],
		},
	);
	const ready = relay(astro.stdout);
	process.on('exit', () => astro.kill());
	astro.once('exit', (code) => process.exit(code ?? 1));
	const { lab, kubectl } = await createLabProvider(options, (error) =>
		log.error({ err: error }, 'a lab failed'),
	);
	await ready;
	const url = new URL(`http://127.0.0.1:${astroPort}`);
	const base = siteBase();
	const server = await startServer({
		...options,
		lab,
		kubectl,
		course: courseFromUrl(new URL(`${base}course.json`, url).href),
		site: { kind: 'development', url, base },
		log,
	});
	return { message: `Slidecar is at ${server.url} (development)\n${lab.description}`, close: server.close };
});
