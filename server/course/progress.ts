// What a run of the course says while it runs, for people at a terminal or in a CI log.

import type { Progress } from './chapter-run.ts';

const mark = { passed: '✓', failed: '✗', skipped: '–' } as const;

function indented(text: string, indent: string): string {
	return text
		.split('\n')
		.map((line) => `${indent}${line}`)
		.join('\n');
}

const time = (durationMs: number | undefined) =>
	durationMs === undefined ? '' : ` (${(durationMs / 1000).toFixed(1)} s)`;

/** @param print takes one or more whole lines. */
export function printProgress(print: (lines: string) => void): Progress {
	return {
		chapter: ({ slug, title }) => print(`${slug}: ${title}`),
		exercise: ({ id, title }) => print(`  ${id}: ${title}`),
		step(report) {
			const [first, ...more] = report.command.split('\n');
			const command = more.length > 0 ? `${first} …` : first;
			print(`    ${mark[report.state]} ${command}${time(report.durationMs)}`);
			if (report.state !== 'passed' && report.reason) print(indented(report.reason, '      '));
			if (report.state !== 'failed') return;
			print(`      at ${report.source}`);
			if (report.screen) print(`      its terminal shows:\n${indented(report.screen, '      │ ')}`);
		},
		check(report, check) {
			const which = `${report.when === 'before' ? 'fails before' : 'passes after'}: ${check.title}`;
			print(`    ${mark[report.state]} check ${which}${time(report.durationMs)}`);
			if (report.state !== 'passed' && report.reason) print(indented(report.reason, '      '));
			if (report.state !== 'failed') return;
			print(`      at ${report.source}`);
			if (report.output) print(`      it printed:\n${indented(report.output, '      │ ')}`);
		},
		skipped: (reason) => print(`  ${mark.skipped} skipped: ${reason}`),
		problem: (message) => print(indented(message, '  ✗ ')),
	};
}
