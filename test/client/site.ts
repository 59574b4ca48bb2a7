// The browser code's pages in a real browser, with a lab server behind them.
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launchBrowser } from '../browser.ts';
import { bundleClient } from './bundle.ts';
import { LabServer, type LabServerOptions } from './lab-server.ts';
import { chapterPage, type View } from './page.ts';

const types: Record<string, string> = { js: 'text/javascript', css: 'text/css' };

export class Site {
	#bundle: Awaited<ReturnType<typeof bundleClient>>;
	#browser: Browser;

	private constructor(bundle: Awaited<ReturnType<typeof bundleClient>>, browser: Browser) {
		this.#bundle = bundle;
		this.#browser = browser;
	}

	static async start(): Promise<Site> {
		const [bundle, browser] = await Promise.all([bundleClient(), launchBrowser()]);
		return new Site(bundle, browser);
	}

	close(): Promise<void> {
		return this.#browser.close();
	}

	/** A server for one test, and a browser that has not been there before; both closed with the test. */
	async open(
		t: { after(act: () => unknown): void },
		options: LabServerOptions & { browser?: BrowserContextOptions; files?: Record<string, string> } = {},
	): Promise<{ server: LabServer; visit: (view: View, hash?: string) => Promise<Page> }> {
		const server = await LabServer.start({ ...options, serve: (path) => this.#serve(path, options.files) });
		const context = await this.#browser.newContext({
			viewport: { width: 1280, height: 720 },
			permissions: ['clipboard-read', 'clipboard-write'],
			...options.browser,
		});
		context.setDefaultTimeout(10_000);
		t.after(async () => {
			await context.close();
			await server.close();
		});
		const visit = async (view: View, hash = '') => {
			const page = await context.newPage();
			page.on('pageerror', (error) => {
				throw error;
			});
			await page.goto(new URL(`${view}/${hash}`, server.address).href);
			await page.waitForFunction(() => document.documentElement.dataset.connection !== 'connecting');
			return page;
		};
		return { server, visit };
	}

	#serve(path: string, files: Record<string, string> = {}) {
		if (Object.hasOwn(files, path)) return { type: 'text/plain', body: files[path] };
		const view = /^\/(page|deck|speaker)\/$/.exec(path)?.[1];
		if (view) return { type: 'text/html', body: chapterPage(view as View) };
		if (path === '/favicon.ico') return { type: 'image/png', body: '' };
		const file = this.#bundle.files.get(path.slice(1));
		return file && { type: types[path.split('.').pop()!] ?? 'application/octet-stream', body: file };
	}
}

/** The text that a terminal's screen shows. */
export async function screenText(page: Page, terminal = 'main'): Promise<string> {
	return (await page.locator(`.terminal[data-terminal="${terminal}"] .xterm-rows`).textContent()) ?? '';
}

/** Waits until a terminal's screen shows that text. */
export async function shows(page: Page, text: string, terminal = 'main'): Promise<void> {
	await page.locator(`.terminal[data-terminal="${terminal}"] .xterm-rows`, { hasText: text }).waitFor();
}
