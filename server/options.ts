// The command line of `npm start` and `npm run dev`.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isLoopback } from './http/origins.ts';
import type { LabKind } from './protocol.ts';

export interface Options {
	lab: LabKind;
	/** Absolute. */
	kubeconfig: string | undefined;
	context: string | undefined;
	/** Absolute path of the course's content. */
	content: string;
	host: string;
	port: number;
	accessCode: string | undefined;
	/** Origins of sites elsewhere that may use this server. */
	siteOrigins: string[];
	pace: 'real' | 'fast';
	help: boolean;
}

/** An option is wrong; the message says which and the mend. */
export class OptionError extends Error {}

export const usage = `Usage: npm start -- [OPTION…]

  --lab embedded|kubeconfig|none  the cluster that learners get (embedded: a simulated one, of their own)
  --kubeconfig FILE               for --lab kubeconfig (else what kubectl itself would read)
  --context NAME                  the context in that file (else its current one)
  --content DIR                   the course (content/)
  --host ADDRESS                  where to listen (127.0.0.1); beyond loopback --access-code is required
  --port N                        (4321; 0 takes a free one)
  --access-code CODE              asked for before anything else
  --site-origin URL               a site elsewhere, or a reverse proxy, that may use this server; repeatable
  --pace real|fast                how long the simulated cluster's phases take (real)
  --help
`;

/** What parseArgs says, without its advice on arguments that begin with a dash. */
export function parameterError(error: unknown): OptionError {
	const [said] = (error as Error).message.split(/\.\s|\.$/);
	return new OptionError(`${said}. See --help.`);
}

/** @throws OptionError where the value is none of those allowed. */
export function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
	const found = allowed.find((candidate) => candidate === value);
	if (!found) throw new OptionError(`--${name} ${value}: it is one of ${allowed.join(', ')}.`);
	return found;
}

function siteOrigin(value: string): string {
	const url = URL.canParse(value) ? new URL(value) : undefined;
	if (!url || !/^https?:$/.test(url.protocol))
		throw new OptionError(
			`--site-origin ${value}: give the site's address, such as https://courses.example.org.`,
		);
	return url.origin;
}

/**
 * @param parameters without node and the script.
 * @param projectFolder where the default content lies.
 * @throws OptionError
 */
export function readOptions(parameters: string[], projectFolder: string): Options {
	const text = { type: 'string' } as const;
	const parse = () =>
		parseArgs({
			args: parameters,
			options: {
				lab: text,
				kubeconfig: text,
				context: text,
				content: text,
				host: text,
				port: text,
				'access-code': text,
				'site-origin': { ...text, multiple: true },
				pace: text,
				help: { type: 'boolean', short: 'h' },
			},
		}).values;
	let values: ReturnType<typeof parse>;
	try {
		values = parse();
	} catch (error) {
		throw parameterError(error);
	}
	const port = Number(values.port ?? 4321);
	if (!Number.isInteger(port) || port < 0 || port > 65_535 || values.port === '')
		throw new OptionError(`--port ${values.port}: it is a number from 0 to 65535.`);
	const lab = oneOf('lab', values.lab ?? 'embedded', ['embedded', 'kubeconfig', 'none']);
	for (const name of ['kubeconfig', 'context'] as const)
		if (values[name] !== undefined && lab !== 'kubeconfig')
			throw new OptionError(`--${name} is for --lab kubeconfig; this is --lab ${lab}.`);
	const host = values.host ?? '127.0.0.1';
	const accessCode = values['access-code'];
	if (accessCode === '') throw new OptionError('--access-code is empty: give a code that cannot be guessed.');
	if (!isLoopback(host) && accessCode === undefined)
		throw new OptionError(
			`--host ${host}: others can reach that address, and whoever can gets a shell on this machine. Add --access-code CODE, which they must know.`,
		);
	return {
		lab,
		kubeconfig: values.kubeconfig === undefined ? undefined : resolve(values.kubeconfig),
		context: values.context,
		content: resolve(values.content ?? `${projectFolder}/content`),
		host,
		port,
		accessCode,
		siteOrigins: (values['site-origin'] ?? []).map(siteOrigin),
		pace: oneOf('pace', values.pace ?? 'real', ['real', 'fast']),
		help: values.help ?? false,
	};
}
