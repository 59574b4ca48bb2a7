// A cluster of the user's own, by kubeconfig: the same one for every session, as it is.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import type { LabProvider } from './lab.ts';

export interface KubeconfigOptions {
	/** Absolute path of kubectl. */
	kubectl: string;
	/** Absolute; without it what kubectl itself would read. */
	kubeconfig?: string;
	context?: string;
}

/**
 * Takes the one context out of the user's file, with certificates inlined, so that a session's copy works
 * alone and cannot reach the user's other clusters.
 * @throws Error where the file or the context is not there.
 */
export async function createKubeconfigLab(options: KubeconfigOptions): Promise<LabProvider> {
	const { kubeconfig: file } = options;
	if (file !== undefined && !existsSync(file))
		throw new Error(`--kubeconfig ${file}: there is no such file.`);
	const view = async (...rest: string[]) => {
		const parts = ['config', 'view', '--raw', '--minify', '--flatten', ...rest];
		if (options.kubeconfig) parts.push(`--kubeconfig=${options.kubeconfig}`);
		if (options.context) parts.push(`--context=${options.context}`);
		try {
			return (await promisify(execFile)(options.kubectl, parts)).stdout;
		} catch (error) {
			const said = (error as { stderr?: string }).stderr?.trim() || (error as Error).message;
			throw new Error(
				`--lab kubeconfig: ${said}. Name a file by --kubeconfig FILE and a context in it by --context NAME (kubectl config get-contexts lists them).`,
			);
		}
	};
	const kubeconfig = await view();
	const where = await view('--output=jsonpath={.current-context} at {.clusters[0].cluster.server}');
	return {
		kind: 'kubeconfig',
		description: `A cluster of your own (${where}). Commands change it for real, and sessions share it.`,
		create: async () => ({ kubeconfig, remove: async () => {} }),
		close: async () => {},
	};
}
