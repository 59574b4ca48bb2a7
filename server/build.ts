// `npm run build`: the site as static files in dist/, for this server or for any other.
import { readOptions } from './options.ts';
import { buildSite, projectFolder } from './site.ts';

try {
	await buildSite(readOptions(process.argv.slice(2), projectFolder).content, (line) => console.log(line));
} catch (error) {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
}
