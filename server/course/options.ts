// The command line of `npm run course`.
import { join, parse, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { OptionError, oneOf, parameterError } from '../options.ts';
import type { LabKind } from '../protocol.ts';

export const usage = `Usage: npm run course -- [CHAPTER…] [OPTION…]

Runs every exercise of the chapters (all of them unless named) as a learner's clicks would, in a real shell,
and checks every hint. The exit code is 0 only if all pass.

  --lab embedded|kubeconfig|none  the cluster to run on (embedded: a simulated one, anew for each chapter)
  --kubeconfig FILE               for --lab kubeconfig (else what kubectl itself would read)
  --context NAME                  the context in that file (else its current one)
  --pace real|fast                how long the simulated cluster's phases take (real)
  --content DIR                   the course (content/)
  --report FILE                   where to write the report: JSON, and beside it JUnit (.xml)
  --record                        write the recordings that are missing or older than their steps (a recording
                                  that was deleted is made anew); with --lab embedded
  --help
`;

export interface CourseOptions {
	/** Slugs; empty for all. */
	chapters: string[];
	lab: LabKind;
	/** Absolute, as `content` and both of `report` are. */
	kubeconfig: string | undefined;
	context: string | undefined;
	pace: 'real' | 'fast';
	content: string;
	report: { json: string; junit: string } | undefined;
	record: boolean;
	help: boolean;
}

/** A report is written twice: `x.json` has `x.xml` beside it, whichever of them was named. */
function reportFiles(file: string): { json: string; junit: string } {
	const { dir, name, ext } = parse(file);
	const beside = (extension: string) => join(dir, `${name}${extension}`);
	return ext === '.xml' ? { json: beside('.json'), junit: file } : { json: file, junit: beside('.xml') };
}

/**
 * @param parameters without node and the script.
 * @param projectFolder where the default content lies.
 * @throws OptionError
 */
export function readOptions(parameters: string[], projectFolder: string): CourseOptions {
	const text = { type: 'string' } as const;
	const read = () =>
		parseArgs({
			args: parameters,
			allowPositionals: true,
			options: {
				lab: text,
				kubeconfig: text,
				context: text,
				pace: text,
				content: text,
				report: text,
				record: { type: 'boolean' },
				help: { type: 'boolean', short: 'h' },
			},
		});
	let parsed: ReturnType<typeof read>;
	try {
		parsed = read();
	} catch (error) {
		throw parameterError(error);
	}
	const { values, positionals } = parsed;
	const lab = oneOf('lab', values.lab ?? 'embedded', ['embedded', 'kubeconfig', 'none']);
	for (const name of ['kubeconfig', 'context'] as const)
		if (values[name] !== undefined && lab !== 'kubeconfig')
			throw new OptionError(`--${name} is for --lab kubeconfig; this is --lab ${lab}.`);
	if (values.record && lab !== 'embedded')
		throw new OptionError(`--record is for --lab embedded, which readers are told of; this is --lab ${lab}.`);
	if (values.report === '') throw new OptionError('--report needs the name of a file, such as report.json.');
	const path = (value: string | undefined) => (value === undefined ? undefined : resolve(value));
	return {
		chapters: positionals,
		lab,
		kubeconfig: path(values.kubeconfig),
		context: values.context,
		pace: oneOf('pace', values.pace ?? 'real', ['real', 'fast']),
		content: resolve(values.content ?? `${projectFolder}/content`),
		report: values.report === undefined ? undefined : reportFiles(resolve(values.report)),
		record: values.record ?? false,
		help: values.help ?? false,
	};
}
