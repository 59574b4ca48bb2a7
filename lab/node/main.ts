// npm run lab: the embedded cluster alone, for any Kubernetes client.

import { chmod, writeFile } from 'node:fs/promises';
import { enableCompileCache } from 'node:module';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Pace } from '../clock.ts';
import { cacheFolder } from './cache-folder.ts';

const usage = `Usage: npm run lab -- [options]

Starts a simulated Kubernetes cluster and serves its API on 127.0.0.1 until it is interrupted.

  --port N            where to listen (default: a free port)
  --kubeconfig FILE   where to write the kubeconfig (default: slidecar.kubeconfig)
  --nodes N           how many nodes, 1 to 100 (default: 3)
  --pace real|fast    whether waits last as on real nodes, or a twentieth (default: real)
  --help              this text`;

interface Options {
	port: number;
	kubeconfig: string;
	nodes: number;
	pace: Pace;
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
				port: { type: 'string', default: '0' },
				kubeconfig: { type: 'string', default: 'slidecar.kubeconfig' },
				nodes: { type: 'string', default: '3' },
				pace: { type: 'string', default: 'real' },
				help: { type: 'boolean', short: 'h' },
			},
		}).values;
	} catch (error) {
		throw new UsageError((error as Error).message);
	}
	if (values.help) return 'help';
	const pace = String(values.pace);
	if (pace !== 'real' && pace !== 'fast') throw new UsageError(`--pace is real or fast, not '${pace}'`);
	return {
		port: wholeNumber('port', String(values.port), 0, 65_535),
		kubeconfig: resolve(String(values.kubeconfig)),
		nodes: wholeNumber('nodes', String(values.nodes), 1, 100),
		pace,
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

function explain(error: unknown, { port }: Options): unknown {
	const code = (error as NodeJS.ErrnoException).code;
	if (code === 'EADDRINUSE')
		return new UsageError(`port ${port} is in use: choose another by --port, or leave --port out`);
	if (code === 'EACCES')
		return new UsageError(`port ${port} needs more rights than you have: choose one above 1023 by --port`);
	return error;
}

async function main(): Promise<void> {
	const options = readOptions(process.argv.slice(2));
	if (options === 'help') return console.log(usage);
	const { port, nodes, pace } = options;
	// Code once read from TypeScript is kept, which halves the next start.
	enableCompileCache(cacheFolder('code'));
	const { serveLab } = await import('./served-lab.ts');
	const lab = await serveLab({ nodes, pace, port, report: console.error }).catch((error) => {
		throw explain(error, options);
	});
	try {
		await writePrivate(options.kubeconfig, lab.kubeconfig);
	} catch (error) {
		await lab.stop();
		throw error;
	}
	console.log(`A simulated Kubernetes cluster of ${nodes} node${nodes === 1 ? '' : 's'} is on ${lab.server}

  export KUBECONFIG=${options.kubeconfig}
  kubectl get nodes

Ctrl-C ends it, and everything in it is gone.`);
	let stopping = false;
	const stop = () => {
		if (stopping) return;
		stopping = true;
		void lab.stop().then(() => process.exit(0));
	};
	process.on('SIGINT', stop).on('SIGTERM', stop);
}

main().catch((error) => {
	const mistake = error instanceof UsageError;
	console.error(mistake ? `lab: ${error.message}\nnpm run lab -- --help says more.` : error);
	process.exitCode = mistake ? 2 : 1;
});
