// The browser that tests run in: an installed Chromium, or else the one that comes by npm.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';

const installed = [
	process.env.CHROME_PATH,
	'/usr/bin/chromium',
	'/usr/bin/chromium-browser',
	'/usr/bin/google-chrome',
	'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
	'/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** No sandbox, since tests may run as root; and nothing that a browser fetches on its own account. */
const flags = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

/**
 * Unpacks the Chromium of @sparticuz/chromium with the libraries and fonts that a bare host lacks, once per
 * version, into the user's cache. Its own set-up writes to fixed places in the temporary folder, where two
 * test processes would meet half an unpacked browser: so it unpacks into a folder of its own, renamed when whole.
 */
async function unpackedBrowser(): Promise<{ executablePath: string; env: Record<string, string> }> {
	const packageFolder = join(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))), '..');
	const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as {
		version: string;
	};
	const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'slidecar', 'chromium');
	const folder = join(cache, version);
	if (!existsSync(folder)) {
		mkdirSync(cache, { recursive: true });
		const partial = mkdtempSync(join(cache, `${version}-`));
		const temporary = process.env.TMPDIR;
		process.env.TMPDIR = partial;
		try {
			const { default: packed, inflate } = await import('@sparticuz/chromium');
			await packed.executablePath();
			await inflate(join(packageFolder, 'bin', 'al2023.tar.br'));
		} finally {
			if (temporary === undefined) delete process.env.TMPDIR;
			else process.env.TMPDIR = temporary;
		}
		writeFileSync(
			join(partial, 'fonts', 'fonts.conf'),
			`<?xml version="1.0"?><fontconfig><dir>${join(folder, 'fonts')}</dir><cachedir>${join(folder, 'fonts-cache')}</cachedir></fontconfig>\n`,
		);
		try {
			renameSync(partial, folder);
		} catch (error) {
			rmSync(partial, { recursive: true, force: true });
			if (!existsSync(folder)) throw error;
		}
	}
	return {
		executablePath: join(folder, 'chromium'),
		env: { LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'), FONTCONFIG_PATH: join(folder, 'fonts') },
	};
}

/** Starts a headless browser; the caller closes it. */
export async function launchBrowser(): Promise<Browser> {
	const here = installed.find((path) => path && existsSync(path));
	if (here) return chromium.launch({ executablePath: here, args: flags });
	const { executablePath, env } = await unpackedBrowser();
	return chromium.launch({ executablePath, args: flags, env: { ...process.env, ...env } });
}
