// A report as JUnit XML, which CI systems show (the schema is Jenkins' junit-10.xsd): a suite per chapter, a case
// per step and check.
import type { ChapterReport, CheckReport, CourseReport, State, StepReport } from './report.ts';

interface Case {
	/** The chapter and the exercise. */
	group: string;
	name: string;
	state: State;
	durationMs?: number | undefined;
	reason?: string | undefined;
	/** Whatever else helps who reads of a failure. */
	details: string[];
}

/** As text of XML 1.0, which has no way to write most control characters. */
function escaped(text: string): string {
	return (
		text
			// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
			.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd')
			.replace(/[&<>"\t\n\r]/g, (character) => {
				const names: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
				return names[character] ?? `&#${character.charCodeAt(0)};`;
			})
	);
}

const seconds = (ms: number | undefined) => ((ms ?? 0) / 1000).toFixed(3);

function stepCase(chapter: string, exercise: string, step: StepReport, number: number): Case {
	const { command, state, durationMs, reason, source, screen } = step;
	const details = [`at ${source}`, command, ...(screen ? [`its terminal shows:\n${screen}`] : [])];
	const name = `${number}. ${command.split('\n', 1)[0]}`;
	return { group: `${chapter}.${exercise}`, name, state, durationMs, reason, details };
}

function checkCase(chapter: string, check: CheckReport): Case {
	const { id, when, state, durationMs, reason, source, output } = check;
	const details = [`at ${source}`, ...(output ? [`it printed:\n${output}`] : [])];
	const name = `check ${id} ${when === 'before' ? 'fails before' : 'passes after'} its exercise`;
	return { group: `${chapter}.${check.for}`, name, state, durationMs, reason, details };
}

function casesOf(chapter: ChapterReport): Case[] {
	const { slug, exercises, checks, reason } = chapter;
	const cases = [
		...exercises.flatMap(({ id, steps }) => steps.map((step, index) => stepCase(slug, id, step, index + 1))),
		...checks.map((check) => checkCase(slug, check)),
	];
	// What keeps a chapter from running at all is no step's.
	if (chapter.state === 'failed' && !cases.some(({ state }) => state === 'failed'))
		cases.push({ group: slug, name: 'the chapter runs', state: 'failed', reason, details: [] });
	return cases;
}

function caseElement({ group, name, state, durationMs, reason = '', details }: Case): string {
	const attributes = `classname="${escaped(group)}" name="${escaped(name)}" time="${seconds(durationMs)}"`;
	const message = `message="${escaped(reason)}"`;
	if (state === 'passed') return `\t\t<testcase ${attributes}/>`;
	const inside =
		state === 'skipped'
			? `<skipped ${message}/>`
			: `<failure ${message}>${escaped([reason, ...details].join('\n'))}</failure>`;
	return `\t\t<testcase ${attributes}>${inside}</testcase>`;
}

function counts(cases: readonly Case[], ms: number): string {
	const of = (state: State) => cases.filter((each) => each.state === state).length;
	return `tests="${cases.length}" failures="${of('failed')}" errors="0" time="${seconds(ms)}"`;
}

/** The report as a document. */
export function junit({ chapters }: CourseReport): string {
	const suites = chapters.map((chapter) => ({ chapter, cases: casesOf(chapter) }));
	const lines = suites.flatMap(({ chapter: { slug, durationMs }, cases }) => {
		const skipped = cases.filter(({ state }) => state === 'skipped').length;
		const attributes = `name="${escaped(slug)}" ${counts(cases, durationMs)} skipped="${skipped}"`;
		return [`\t<testsuite ${attributes}>`, ...cases.map(caseElement), '\t</testsuite>'];
	});
	const all = suites.flatMap(({ cases }) => cases);
	const ms = chapters.reduce((sum, { durationMs }) => sum + durationMs, 0);
	return [
		'<?xml version="1.0" encoding="UTF-8"?>',
		`<testsuites name="course" ${counts(all, ms)}>`,
		...lines,
		'</testsuites>',
		'',
	].join('\n');
}
