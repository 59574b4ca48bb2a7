// `npm start`: builds the site if needed, and serves it with a terminal and a lab behind it.
import { createLabProvider } from './labs/create.ts';
import { runServer } from './run-server.ts';
import { startServer } from './server.ts';
import { courseFromFile } from './sessions/course.ts';
import { buildSite, courseFile, siteFolder } from './site.ts';

await runServer(async (options, log) => {
	const base = await buildSite(options.content, (line) => console.log(line));
	const { lab, kubectl } = await createLabProvider(options);
	const server = await startServer({
		...options,
		lab,
		kubectl,
		course: courseFromFile(courseFile),
		site: { kind: 'built', folder: siteFolder, base },
		log,
	});
	return { message: `Slidecar is at ${server.url}\n${lab.description}`, close: server.close };
});
