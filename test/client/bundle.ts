// The browser code bundled as the site's build does it: an entry, its style sheet, and what it loads later.
import { build } from 'esbuild';

export interface Bundle {
	/** By name: `deck.js`, `deck.css`, and the chunks. */
	files: Map<string, Uint8Array>;
	/** What a page with that entry loads at once: the entry's script with the chunks that it imports statically. */
	loadedAtOnce(entry: string): string[];
}

export async function bundleClient(): Promise<Bundle> {
	const folder = new URL('../../src/client/', import.meta.url).pathname;
	const result = await build({
		entryPoints: ['page', 'deck', 'speaker'].map((entry) => `${folder}${entry}.ts`),
		outdir: '/',
		bundle: true,
		splitting: true,
		minify: true,
		format: 'esm',
		target: 'es2022',
		write: false,
		metafile: true,
		absWorkingDir: folder,
	});
	const files = new Map(result.outputFiles.map((file) => [file.path.replace(/^\//, ''), file.contents]));
	const outputs = Object.entries(result.metafile.outputs).map(
		([path, output]) => [path.replace(/^.*\//, ''), output] as const,
	);
	const imports = new Map(
		outputs.map(([name, output]) => [
			name,
			output.imports
				.filter((one) => one.kind === 'import-statement')
				.map((one) => one.path.replace(/^.*\//, '')),
		]),
	);
	const loadedAtOnce = (entry: string) => {
		const loaded = new Set<string>([`${entry}.js`]);
		for (const name of loaded) for (const imported of imports.get(name) ?? []) loaded.add(imported);
		return [...loaded];
	};
	return { files, loadedAtOnce };
}
