// The real site on a real server with embedded labs, and a wire to it that a test can cut.
import { readFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { after, before } from 'node:test';
import pino from 'pino';
import type { Browser } from 'playwright-core';
import { createLabProvider } from '../server/labs/create.ts';
import { readOptions } from '../server/options.ts';
import { startServer } from '../server/server.ts';
import { courseFromFile } from '../server/sessions/course.ts';
import { buildSite, courseFile, projectFolder, siteBase, siteFolder } from '../server/site.ts';
import type { Chapter, CourseManifest } from '../src/course/manifest.ts';
import { launchBrowser } from './browser.ts';

/** A TCP relay in front of the server: what a network is to a page. */
export interface Wire {
	/** Drops every connection, and takes none until it is mended. */
	cut(): void;
	mend(): void;
	close(): void;
}

export interface RunningSite {
	/** The site's address, by the wire. */
	url: string;
	wire: Wire;
	chapters: Chapter[];
	chapter(slug: string): Chapter;
	close(): Promise<void>;
}

async function startWire(target: () => number): Promise<Wire & { port: number }> {
	const sockets = new Set<Socket>();
	let whole = true;
	const relay = createServer((near) => {
		if (!whole) {
			near.destroy();
			return;
		}
		const far = connect(target(), '127.0.0.1');
		for (const [from, to] of [
			[near, far],
			[far, near],
		] as const) {
			sockets.add(from);
			from.pipe(to);
			from.on('error', () => to.destroy());
			from.on('close', () => {
				sockets.delete(from);
				to.destroy();
			});
		}
	});
	await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
	const cut = () => {
		whole = false;
		for (const socket of sockets) socket.resetAndDestroy();
	};
	return {
		port: (relay.address() as AddressInfo).port,
		cut,
		mend: () => {
			whole = true;
		},
		close: () => {
			cut();
			relay.close();
		},
	};
}

/** The site with labs at the fast pace; built first where it is older than its sources. */
export async function startSite(
	kind: 'embedded' | 'none' = 'embedded',
	siteOrigins: string[] = [],
): Promise<RunningSite> {
	const options = readOptions(['--lab', kind, '--pace', 'fast'], projectFolder);
	await buildSite(options.content, () => undefined);
	const manifest = JSON.parse(await readFile(courseFile, 'utf8')) as CourseManifest;
	const log = pino({ level: 'error' }, pino.destination(2));
	const { lab, kubectl } = await createLabProvider(options, (error) =>
		log.error({ err: error }, 'a lab failed'),
	);
	let port = 0;
	const wire = await startWire(() => port);
	const origin = `http://127.0.0.1:${wire.port}`;
	const server = await startServer({
		host: '127.0.0.1',
		port: 0,
		lab,
		kubectl,
		course: courseFromFile(courseFile),
		site: { kind: 'built', folder: siteFolder, base: siteBase() },
		siteOrigins: [origin, ...siteOrigins],
		log,
	});
	port = server.port;
	return {
		url: origin,
		wire,
		chapters: manifest.chapters,
		chapter(slug) {
			const chapter = manifest.chapters.find((chapter) => chapter.slug === slug);
			if (!chapter) throw new Error(`the course has no chapter ${slug}`);
			return chapter;
		},
		async close() {
			wire.close();
			await server.close();
		},
	};
}

/** A browser and the site for all tests of a file: there once the first of them begins, closed after the last. */
export function browsing(kind: 'embedded' | 'none'): {
	readonly browser: Browser;
	readonly site: RunningSite;
} {
	const here = {} as { browser: Browser; site: RunningSite };
	before(async () => {
		const starting = startSite(kind);
		// A browser beside a site that did not start is still to be closed.
		starting.catch(() => undefined);
		here.browser = await launchBrowser();
		here.site = await starting;
	});
	after(async () => {
		await here.browser?.close();
		await here.site?.close();
	});
	return here;
}
