// `npm run course`: starts the server and does every exercise of the course on it.
import { constants } from 'node:fs';
import { access, writeFile } from 'node:fs/promises';
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
import { stateOf, table } from './report.ts';

/** Chapters that run at once: most of their time they wait. */
const sideBySide = 4;

const print = (lines: string) => console.log(lines);

/** So that no long run ends in a report that cannot be written. */
async function checkFolder(report: string): Promise<void> {
	const folder = dirname(report);
	await access(folder, constants.W_OK).catch(() => {
		throw new OptionError(`--report ${report}: ${folder} is no folder that can be written to.`);
	});
}

/** Of a cluster of the user's own: an embedded one has every image of its catalogue, and another is a mistake. */
async function imagesMissing(
	lab: LabProvider,
	kubectl: string | undefined,
	chapters: readonly Chapter[],
): Promise<Map<string, string>> {
	if (lab.kind !== 'kubeconfig' || !kubectl) return new Map();
	const { kubeconfig = '' } = await lab.create({ nodes: 1 });
	return missingImages(imagesOf(chapters), kubectl, kubeconfig);
}

/** Gives the exit code. */
async function main(): Promise<number> {
	const options = readOptions(process.argv.slice(2), projectFolder);
	if (options.help) {
		process.stdout.write(usage);
		return 0;
	}
	if (options.report) await checkFolder(options.report.json);
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
		const report = await runCourse(server.url, chapters, {
			surroundings: { lab: options.lab, missingImages: await imagesMissing(lab, kubectl, chapters) },
			// A cluster of the user's own is one for all chapters.
			atOnce: options.lab === 'kubeconfig' ? 1 : sideBySide,
			print,
			record: options.record ? options.content : undefined,
		});
		if (options.record && stateOf(report.chapters) !== 'failed')
			await removeOrphans(options.content, chapters);
		print(`\n${table(report)}`);
		if (options.report) {
			const { json, junit: xml } = options.report;
			await writeFile(json, `${JSON.stringify(report, null, '\t')}\n`);
			await writeFile(xml, junit(report));
			print(`\nThe report is in ${json}, and as JUnit in ${xml}.`);
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
