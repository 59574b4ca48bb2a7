// `npm run course`: starts the server and does every exercise of the course on it.
import { constants } from 'node:fs';
import { access, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import pino from 'pino';
import type { Chapter } from '../../src/course/manifest.ts';
import { createLabProvider } from '../labs/create.ts';
import type { LabProvider } from '../labs/lab.ts';
import { OptionError } from '../options.ts';
import { startServer } from '../server.ts';
import { courseFromFile } from '../sessions/course.ts';
import { buildSite, courseFile, projectFolder } from '../site.ts';
import { chaptersOf, runCourse } from './course-run.ts';
import { imagesOf, missingImages } from './images.ts';
import { junit } from './junit.ts';
import { readOptions, usage } from './options.ts';
import { removeOrphans } from './recorder.ts';
import { leftInCluster, stateOf, table } from './report.ts';

/** Chapters that run at once: most of their time they wait. */
const sideBySide = 4;

const print = (lines: string) => console.log(lines);

/** So that no long run ends in a report that cannot be written. */
async function checkReport({ json, junit }: { json: string; junit: string }): Promise<void> {
	const folder = dirname(json);
	await access(folder, constants.W_OK).catch(() => {
		throw new OptionError(`--report ${json}: ${folder} is no folder that can be written to.`);
	});
	for (const file of [json, junit])
		await access(file, constants.W_OK)
			.then(() => stat(file))
			.then(
				(there) => {
					if (there.isDirectory())
						throw new OptionError(`--report ${file}: that is a folder. Name a file in it.`);
				},
				(error: NodeJS.ErrnoException) => {
					if (error.code !== 'ENOENT')
						throw new OptionError(`--report ${file} cannot be written: ${error.message}`);
				},
			);
}

/** Of a cluster of the user's own: an embedded one has every image of its catalogue, and another is a mistake. */
async function imagesMissing(
	lab: LabProvider,
	kubectl: string | undefined,
	chapters: readonly Chapter[],
	interrupted: AbortSignal,
): Promise<Map<string, string>> {
	if (lab.kind !== 'kubeconfig' || !kubectl) return new Map();
	const { kubeconfig = '' } = await lab.create({ nodes: 1 });
	return missingImages(imagesOf(chapters), kubectl, kubeconfig, interrupted);
}

/** What a shell says of a command that a signal has ended. */
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Aborted by the first signal, so that what has run is reported; a second one ends the process at once. */
function interruption(): { signal: AbortSignal; exitCode(): number | undefined } {
	const controller = new AbortController();
	let code: number | undefined;
	for (const [signal, exitCode] of Object.entries(exitCodes))
		process.on(signal, () => {
			if (code !== undefined) process.exit(exitCode);
			code = exitCode;
			controller.abort(new Error(`interrupted by ${signal}`));
		});
	return { signal: controller.signal, exitCode: () => code };
}

/** Gives the exit code. */
async function main(): Promise<number> {
	const options = readOptions(process.argv.slice(2), projectFolder);
	if (options.help) {
		process.stdout.write(usage);
		return 0;
	}
	if (options.report) await checkReport(options.report);
	const { signal: interrupted, exitCode } = interruption();
	const leave = () => process.exit(exitCode());
	interrupted.addEventListener('abort', leave);
	await buildSite(options.content, print);
	// As it is now: another run may build the site of another course.
	const manifest = await courseFromFile(courseFile)();
	const chapters = chaptersOf(manifest, options.chapters);
	const log = pino({ level: 'error' }, pino.destination({ dest: 2, sync: true }));
	const { lab, kubectl } = await createLabProvider(options, (error) =>
		log.error({ err: error }, 'a lab failed'),
	);
	const server = await startServer({
		host: '127.0.0.1',
		port: 0,
		lab,
		kubectl,
		course: async () => manifest,
		log,
	});
	// From here on there is something to report, and something to end.
	interrupted.removeEventListener('abort', leave);
	try {
		print(lab.description);
		const missingImages = await imagesMissing(lab, kubectl, chapters, interrupted);
		const report = await runCourse(server.url, chapters, {
			surroundings: { lab: options.lab, missingImages },
			// A cluster of the user's own is one for all chapters.
			atOnce: options.lab === 'kubeconfig' ? 1 : sideBySide,
			print,
			interrupted,
			record: options.record ? options.content : undefined,
		});
		if (options.record && !interrupted.aborted && stateOf(report.chapters) !== 'failed')
			await removeOrphans(options.content, chapters);
		print(`\n${table(report)}`);
		const left = leftInCluster(report);
		if (left) print(`\n${left}`);
		if (options.report) {
			const { json, junit: xml } = options.report;
			await writeFile(json, `${JSON.stringify(report, null, '\t')}\n`);
			await writeFile(xml, junit(report));
			print(`\nThe report is in ${json}, and as JUnit in ${xml}.`);
		}
		return exitCode() ?? (stateOf(report.chapters) === 'failed' ? 1 : 0);
	} catch (error) {
		if (error !== interrupted.reason) throw error;
		print(`\n${(error as Error).message}`);
		return exitCode() ?? 1;
	} finally {
		await server.close();
	}
}

process.exitCode = await main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	return error instanceof OptionError ? 2 : 1;
});
