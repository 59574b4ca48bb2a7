// `opens=NAME` names a nested shell, and `in=NAME` types there: in the terminal where it was opened, and later.
import type { ChapterReading } from './chapter.ts';
import type { Source } from './source.ts';
import { SourceError } from './source-error.ts';

/** Throws a SourceError for an `in=` whose shell no earlier step of the same terminal opens. */
export function checkTerminals(reading: ChapterReading, source: Source): void {
	const opened = new Map<string, string>();
	const fences = new Map([...reading.stepOf].map(([code, { step }]) => [step, code]));
	for (const step of reading.exercises.flatMap(({ steps }) => steps)) {
		if (step.kind !== 'command') continue;
		if (step.in !== undefined && opened.get(step.in) !== step.terminal) {
			const elsewhere = opened.get(step.in);
			const place = source.placeOf(fences.get(step)!);
			throw elsewhere === undefined
				? new SourceError(
						place,
						`\`in=${step.in}\` names a nested shell that no earlier step opens.`,
						`Open it by \`opens=${step.in} wait="…"\`, or name one of: ${[...opened.keys()].join(', ') || 'none'}.`,
					)
				: new SourceError(
						place,
						`\`in=${step.in}\` is typed into the terminal “${step.terminal}”, but was opened in “${elsewhere}”.`,
						`Add \`terminal=${elsewhere}\`.`,
					);
		}
		if (step.opens !== undefined) opened.set(step.opens, step.terminal);
	}
}
