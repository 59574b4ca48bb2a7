// The theme's colours on each other, in the light and in the dark: text as WCAG 2.2 asks for it (1.4.3, 4.5 to 1).
// axe-core looks at the pages' text; what is written in drawings it does not see.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

const css = await readFile(new URL('../../src/styles/tokens.css', import.meta.url), 'utf8');
const [light, dark] = css.split('data-theme="dark"').map(colorsIn);

function colorsIn(text: string): Record<string, string> {
	return Object.fromEntries(
		[...text.matchAll(/--color-([\w-]+): (#[0-9a-f]{6})/g)].map(([, name, value]) => [name, value]),
	);
}

/** Relative luminance (WCAG 2.2, definitions). */
function luminance(color: string): number {
	const [red, green, blue] = [1, 3, 5].map((at) => {
		const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
		return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
	});
	return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
	const [brighter, darker] = [luminance(one), luminance(other)].sort((a, b) => b - a);
	return (brighter + 0.05) / (darker + 0.05);
}

for (const [scheme, colors] of [
	['light', light],
	['dark', dark],
] as const)
	test(`text can be read in the ${scheme}`, () => {
		for (const text of ['text', 'muted', 'accent', 'passed', 'failed', 'running'])
			for (const ground of ['background', 'surface']) {
				const ratio = contrast(colors[text], colors[ground]);
				assert(ratio >= 4.5, `${text} on ${ground}: ${ratio.toFixed(2)}`);
			}
		assert(contrast(colors['on-accent'], colors.accent) >= 4.5);
	});
