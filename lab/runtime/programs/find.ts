// find: an expression evaluated for every file below the starting points.
import type { FileStatus } from '../files.ts';
import { SystemError } from '../process.ts';
import { parseExpression, runCommand, type Search } from './find-expression.ts';
import { join, type Tool } from './tool.ts';

export const find: Tool = {
	name: 'find',
	usage: '[-HL] [PATH]... [OPTIONS] [ACTIONS]',
	async run(call) {
		const words = [...call.args];
		let followLinks = false;
		while (/^-[HLP]$/.test(words[0] ?? '')) followLinks = words.shift() === '-L';
		const starts: string[] = [];
		while (words.length > 0 && !/^[-(!]/.test(words[0])) starts.push(words.shift() as string);
		if (starts.length === 0) starts.push('.');
		const search: Search = {
			minDepth: 0,
			maxDepth: Number.POSITIVE_INFINITY,
			depthFirst: false,
			pruned: new Set(),
			batches: [],
			failed: false,
			ended: false,
			acts: false,
		};
		const test = parseExpression(call, words, search);
		const { files } = call.process;

		const visit = async (path: string, depth: number, start: string): Promise<void> => {
			if (search.ended) return;
			const wait = call.process.step();
			if (wait) await wait;
			let status: FileStatus;
			try {
				status = files.status(path, { followLinks: false });
				if (followLinks && status.kind === 'symlink' && files.exists(path)) status = files.status(path);
			} catch (error) {
				if (!(error instanceof SystemError)) throw error;
				await call.complain(call.busybox ? `${path}: ${error.message}` : `‘${path}’: ${error.message}`);
				search.failed = true;
				return;
			}
			const examine = async () => {
				if (depth < search.minDepth) return;
				if ((await test({ path, status, depth, start })) && !search.acts) await call.print(`${path}\n`);
			};
			if (!search.depthFirst) await examine();
			if (status.kind === 'directory' && depth < search.maxDepth && !search.pruned.has(path)) {
				let names: string[] = [];
				try {
					names = files.list(path);
				} catch (error) {
					if (!(error instanceof SystemError)) throw error;
					await call.complain(call.busybox ? `${path}: ${error.message}` : `‘${path}’: ${error.message}`);
					search.failed = true;
				}
				for (const name of names) await visit(join(path, name), depth + 1, start);
			}
			if (search.depthFirst) await examine();
		};
		for (const start of starts) await visit(start, 0, start);
		for (const { command, paths } of search.batches)
			if (paths.length > 0 && (await runCommand(call, [...command, ...paths])) !== 0) search.failed = true;
		return search.failed ? 1 : 0;
	},
};
