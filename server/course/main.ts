// `npm run course`: starts the server and does every exercise of the course on it.
import { constants } from 'node:fs';
import { access, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import pino from 'pino';
import { createLabProvider } from '../labs/create.ts';
import { OptionError } from '../options.ts';
import { startServer } from '../server.ts';
import { courseFromFile } from '../sessions/course.ts';
import { buildSite, courseFile, projectFolder } from '../site.ts';
import { chaptersOf, runCourse } from './course-run.ts';
import { readOptions, usage } from './options.ts';
import { printProgress } from './progress.ts';
import { stateOf, table } from './report.ts';

const print = (lines: string) => console.log(lines);

/** So that no long run ends in a report that cannot be written. */
async function checkFolder(report: string): Promise<void> {
	const folder = dirname(report);
	await access(folder, constants.W_OK).catch(() => {
		throw new OptionError(`--report ${report}: ${folder} is no folder that can be written to.`);
	});
}

/** Gives the exit code. */
async function main(): Promise<number> {
	const options = readOptions(process.argv.slice(2), projectFolder);
	if (options.help) {
		process.stdout.write(usage);
		return 0;
	}
	if (options.report) await checkFolder(options.report);
	await buildSite(options.content, print);
	const course = courseFromFile(courseFile);
	const chapters = chaptersOf(await course(), options.chapters);
	const log = pino({ level: 'error' }, pino.destination({ dest: 2, sync: true }));
	const { lab, kubectl } = await createLabProvider(options, (error) =>
		log.error({ err: error }, 'a lab failed'),
	);
	const server = await startServer({ host: '127.0.0.1', port: 0, lab, kubectl, course, log });
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
		process.on(signal, () => void server.close().finally(() => process.exit(1)));
	try {
		print(lab.description);
		const report = await runCourse(server.url, chapters, options.lab, printProgress(print));
		print(`\n${table(report)}`);
		if (options.report) {
			await writeFile(options.report, `${JSON.stringify(report, null, '\t')}\n`);
			print(`\nThe report is in ${options.report}.`);
		}
		return stateOf(report.chapters) === 'failed' ? 1 : 0;
	} finally {
		await server.close();
	}
}

process.exitCode = await main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	return error instanceof OptionError ? 2 : 1;
});
