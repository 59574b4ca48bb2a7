// A learner in a real browser, who knows only what is on the screen: clicks, and reads.
import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import type { Chapter, CommandStep, Exercise, Pattern } from '../../src/course/manifest.ts';

const rowsOf = (terminal: string) => `.terminal[data-terminal="${terminal}"] .xterm-rows > div`;

/** As the server reads a hint: a literal text, or a regular expression whose ^ and $ match at lines. */
function expression(pattern: Pattern): RegExp {
	if ('text' in pattern) return new RegExp(pattern.text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
	return new RegExp(pattern.source, [...new Set(`${pattern.flags}m`)].join(''));
}

/** Waits until a terminal's screen shows what the pattern matches, also where a long line is wrapped. */
export async function sees(page: Page, terminal: string, pattern: Pattern): Promise<void> {
	const { source, flags } = expression(pattern);
	await page
		.waitForFunction(
			([selector, source, flags]) => {
				const rows = [...document.querySelectorAll<HTMLElement>(selector)];
				const lines = rows.map((row) => row.textContent.replaceAll('\u00a0', ' '));
				const wanted = new RegExp(source, flags);
				return wanted.test(lines.map((line) => line.trimEnd()).join('\n')) || wanted.test(lines.join(''));
			},
			[rowsOf(terminal), source, flags] as const,
			{ timeout: 20_000 },
		)
		.catch(async () => {
			const shown = await page.locator(rowsOf(terminal)).allTextContents();
			assert.fail(
				`the terminal ${terminal} never showed /${source}/${flags}; it shows:\n${shown.join('\n')}`,
			);
		});
}

/** Waits until an element's run has ended, and asserts how. */
export async function ends(element: Locator, state: 'passed' | 'failed', seconds: number): Promise<void> {
	await element
		.and(element.page().locator('[data-state=passed], [data-state=failed]'))
		.waitFor({ timeout: seconds * 1000 })
		.catch(() => undefined);
	const status = await element.locator('.step-status').textContent();
	const what = (await element.getAttribute('data-command')) ?? (await element.getAttribute('data-file'));
	assert.equal(await element.getAttribute('data-state'), state, `${what}: ${status}`);
}

async function runsCommand(page: Page, element: Locator, step: CommandStep): Promise<void> {
	assert.equal(await element.getAttribute('data-state'), 'idle');
	await element.locator('button[data-run]').click();
	await ends(element, 'passed', step.timeout + 30);
	for (const pattern of [step.expect, step.wait]) if (pattern) await sees(page, step.terminal, pattern);
}

/** Does every step of an exercise by its buttons, a file by its solution, and then its checks. */
export async function does(page: Page, chapter: Chapter, exercise: Exercise): Promise<void> {
	const block = page.locator(`.exercise[data-exercise="${exercise.id}"]`);
	for (const [index, step] of exercise.steps.entries()) {
		if (step.kind === 'command' && (step.hidden || step.only === 'kubeconfig')) continue;
		const element = block.locator(`.step[data-step="${index}"]`);
		if (step.kind === 'command') {
			await runsCommand(page, element, step);
			continue;
		}
		const solution = page.locator(`details.solution[data-for="${exercise.id}"]`);
		await solution.locator('summary').click();
		await solution.locator('button[data-use-solution]').click();
		// Nobody saves before they see it there: what fills the field in is loaded at the first click.
		await page.waitForFunction(
			(field) => !(field as HTMLTextAreaElement).value.includes('???'),
			await element.locator('[data-field]').elementHandle(),
		);
		await element.locator('button[data-save]').click();
		await ends(element, 'passed', 30);
	}
	for (const check of chapter.checks.filter((check) => check.for === exercise.id)) {
		const element = page.locator(`.check[data-check="${check.id}"]`);
		await element.locator('button[data-run]').click();
		await ends(element, 'passed', 60);
	}
}
