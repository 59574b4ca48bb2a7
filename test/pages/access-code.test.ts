// The page that asks for the access code, in a real browser: what it sends depends on the page's referrer policy.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chapter, course } from '../../server/testing/course.ts';
import { startTestServer } from '../../server/testing/server.ts';
import { launchBrowser } from '../browser.ts';

test('a wrong access code is refused with a reason, and the right one leads to where one wanted to go', async (t) => {
	const server = await startTestServer(course(chapter({})), { accessCode: 'open sesame' });
	const browser = await launchBrowser();
	t.after(async () => {
		await browser.close();
		await server.close();
	});
	const page = await browser.newPage();
	await page.goto(new URL('course.json', server.url).href);
	const field = page.getByLabel('for those who have its code');
	await field.fill('sesame');
	await page.keyboard.press('Enter');
	await page.getByRole('alert').filter({ hasText: 'This is not the code.' }).waitFor();
	await field.fill('open sesame');
	await page.keyboard.press('Enter');
	await page.waitForURL('**/course.json');
	assert.equal(await field.count(), 0);
});
