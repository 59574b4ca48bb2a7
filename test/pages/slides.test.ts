// Every slide is readable as a whole at 1280×720 with the terminal docked: one assertion per slide.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browsing } from '../site.ts';

/** CSS pixels; smaller text cannot be read from the back of a room with a projector of 720 lines. */
const smallestText = 13;

const here = browsing('none');

test('slides fit 1280×720 beside the terminal', async (t) => {
	for (const chapter of here.site.chapters) {
		const page = await here.browser.newPage({ viewport: { width: 1280, height: 720 } });
		await page.goto(`${here.site.url}/present/${chapter.slug}/`);
		await page.keyboard.press('t');
		await page.locator('.terminal[data-terminal=main] .xterm-rows').waitFor();
		for (const slide of chapter.slides)
			await t.test(`${chapter.slug}#${slide.id}`, async () => {
				await page.goto(`${here.site.url}/present/${chapter.slug}/#${slide.id}.${slide.increments}`);
				const section = page.locator(`section[id="${slide.id}"]`);
				await section.waitFor();
				const room = await section.evaluate((section) => {
					const box = section.getBoundingClientRect();
					const dock = document.querySelector('.terminal[data-terminal=main]')?.getBoundingClientRect();
					const texts = [
						...section.querySelectorAll<HTMLElement>('p, li, td, th, code, button, summary, textarea'),
					];
					const sizes = texts
						.filter((element) => element.checkVisibility())
						.map((element) => Number.parseFloat(getComputedStyle(element).fontSize));
					return {
						hiddenHeight: section.scrollHeight - section.clientHeight,
						hiddenWidth: section.scrollWidth - section.clientWidth,
						bottom: box.bottom,
						right: box.right,
						dockLeft: dock?.left ?? Number.POSITIVE_INFINITY,
						smallest: Math.min(...sizes),
					};
				});
				assert(
					room.hiddenHeight <= 1 &&
						room.hiddenWidth <= 1 &&
						room.bottom <= 720 &&
						room.right <= room.dockLeft + 1 &&
						room.smallest >= smallestText,
					`the slide is cut, covered or too small: ${JSON.stringify(room)}`,
				);
			});
		await page.close();
	}
});
