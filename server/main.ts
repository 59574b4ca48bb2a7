// `npm start`: builds the site if needed, and serves it with a terminal and a lab behind it.
import { createLabProvider } from './labs/create.ts';
import { runServer } from './run-server.ts';
import { startServer } from './server.ts';
import { courseFromFile } from './sessions/course.ts';
import { buildSite, courseFile, siteBase, siteFolder } from './site.ts';

await runServer(async (options, log) => {
	await buildSite(options.content, (line) => console.log(line));
	const { lab, kubectl } = await createLabProvider(options, (error) =>
		log.error({ err: error }, 'a lab failed'),
	);
	const server = await startServer({
		...options,
		lab,
		kubectl,
		course: courseFromFile(courseFile),
		site: { kind: 'built', folder: siteFolder, base: siteBase() },
		log,
	});
	const others = server.networkUrls.map((url) => `\nOthers reach it at ${url}`).join('');
	return { message: `Slidecar is at ${server.url}${others}\n${lab.description}`, close: server.close };
});
