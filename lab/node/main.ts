// npm run lab: the embedded cluster alone, for any Kubernetes client.

import { chmod, writeFile } from 'node:fs/promises';
import { enableCompileCache } from 'node:module';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Pace } from '../clock.ts';
import { cacheFolder } from './cache-folder.ts';
import { type Keeping, startKeeping } from './keeping.ts';
import { type KeptCluster, openStateFolder, StateError, type StateFolder } from './state-folder.ts';

const usage = `Usage: npm run lab -- [options]

Starts a simulated Kubernetes cluster and serves its API on 127.0.0.1 until it is interrupted.

  --port N            where to listen (default: a free port, or the one that --state has)
  --kubeconfig FILE   where to write the kubeconfig (default: slidecar.kubeconfig)
  --nodes N           how many nodes, 1 to 100 (default: 3)
  --pace real|fast    whether waits last as on real nodes, or a twentieth (default: real)
  --state FOLDER      keeps the cluster there, and goes on from what is there: its objects, the data on its
                      volumes, its port and its certificates; its containers start anew
  --help              this text`;

/** Undefined is what is not said. */
interface Options {
	port: number | undefined;
	kubeconfig: string;
	nodes: number | undefined;
	pace: Pace;
	/** Absolute. */
	state: string | undefined;
}

/** A mistake in the command line, said in one line. */
class UsageError extends Error {}

function wholeNumber(flag: string, text: string, least: number, most: number): number {
	const number = Number(text);
	if (!/^\d+$/.test(text) || number < least || number > most)
		throw new UsageError(`--${flag} takes a whole number from ${least} to ${most}, not '${text}'`);
	return number;
}

function readOptions(args: string[]): Options | 'help' {
	let values: { [flag: string]: string | boolean | undefined };
	try {
		values = parseArgs({
			args,
			options: {
				port: { type: 'string' },
				kubeconfig: { type: 'string', default: 'slidecar.kubeconfig' },
				nodes: { type: 'string' },
				pace: { type: 'string', default: 'real' },
				state: { type: 'string' },
				help: { type: 'boolean', short: 'h' },
			},
		}).values;
	} catch (error) {
		throw new UsageError((error as Error).message);
	}
	if (values.help) return 'help';
	const pace = String(values.pace);
	if (pace !== 'real' && pace !== 'fast') throw new UsageError(`--pace is real or fast, not '${pace}'`);
	if (values.state === '') throw new UsageError('--state needs the name of a folder');
	const number = (flag: 'port' | 'nodes', least: number, most: number) =>
		values[flag] === undefined ? undefined : wholeNumber(flag, String(values[flag]), least, most);
	return {
		port: number('port', 0, 65_535),
		kubeconfig: resolve(String(values.kubeconfig)),
		nodes: number('nodes', 1, 100),
		pace,
		state: values.state === undefined ? undefined : resolve(String(values.state)),
	};
}

/** Writes a file that only its owner can read, whatever was there before. */
async function writePrivate(file: string, text: string): Promise<void> {
	try {
		await writeFile(file, text, { mode: 0o600 });
		await chmod(file, 0o600);
	} catch (error) {
		const { message } = error as Error;
		throw new UsageError(`the kubeconfig cannot be written: ${message}; name another file by --kubeconfig`);
	}
}

function explain(error: unknown, port: number): unknown {
	const code = (error as NodeJS.ErrnoException).code;
	if (code === 'EADDRINUSE')
		return new UsageError(`port ${port} is in use: choose another by --port (0 takes a free one)`);
	if (code === 'EACCES')
		return new UsageError(`port ${port} needs more rights than you have: choose one above 1023 by --port`);
	return error;
}

/** What the folder has, if it fits what is asked for. */
async function keptIn(folder: StateFolder, { nodes }: Options): Promise<KeptCluster | undefined> {
	const kept = await folder.read();
	if (kept && nodes !== undefined && nodes !== kept.lab.nodes)
		throw new UsageError(
			`the cluster in ${folder.file} was made with --nodes ${kept.lab.nodes} and stays so: leave --nodes out, or name another folder by --state`,
		);
	return kept;
}

/** Starts the lab and says so; the function it gives ends it. */
async function serve(options: Options, folder: StateFolder | undefined): Promise<() => Promise<void>> {
	const kept = folder && (await keptIn(folder, options));
	const { pace, port = kept?.port ?? 0, state } = options;
	const nodes = kept?.lab.nodes ?? options.nodes ?? 3;
	const { serveLab } = await import('./served-lab.ts');
	const lab = await serveLab({ nodes, pace, port, kept, report: console.error }).catch((error) => {
		throw explain(error, port);
	});
	let keeping: Keeping | undefined;
	try {
		await writePrivate(options.kubeconfig, lab.kubeconfig);
		const report = ({ message }: Error) => console.error(`lab: ${message}`);
		keeping = folder && (await startKeeping(lab, folder, report));
	} catch (error) {
		await lab.stop();
		throw error;
	}
	const cluster = `simulated Kubernetes cluster of ${nodes} node${nodes === 1 ? '' : 's'}`;
	console.log(`${kept ? `The ${cluster} goes on: it is` : `A ${cluster} is`} on ${lab.server}

  export KUBECONFIG=${options.kubeconfig}
  kubectl get nodes

Ctrl-C ends it, and ${state === undefined ? 'everything in it is gone' : `${state} keeps it`}.`);
	return async () => {
		try {
			await keeping?.end();
		} finally {
			await lab.stop();
		}
	};
}

async function main(): Promise<void> {
	const options = readOptions(process.argv.slice(2));
	if (options === 'help') return console.log(usage);
	// Code once read from TypeScript is kept, which halves the next start.
	enableCompileCache(cacheFolder('code'));
	const folder = options.state === undefined ? undefined : await openStateFolder(options.state);
	let end: () => Promise<void>;
	try {
		end = await serve(options, folder);
	} catch (error) {
		await folder?.close();
		throw error;
	}
	let stopping = false;
	const stop = () => {
		if (stopping) return;
		stopping = true;
		void end()
			.finally(() => folder?.close())
			.then(() => process.exit(0), fail);
	};
	process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', stop);
}

function fail(error: unknown): never {
	const mistake = error instanceof UsageError || error instanceof StateError;
	console.error(mistake ? `lab: ${error.message}\nnpm run lab -- --help says more.` : error);
	process.exit(mistake ? 2 : 1);
}

main().catch(fail);
