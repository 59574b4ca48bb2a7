// git, as far as exercises use it: clone from the simulated github.com, log, status, --version. A clone keeps
// the commit in .git as JSON; packs, branches of one's own and commits are not simulated, and it says so.
import { collect } from '../../bytes.ts';
import { HttpError } from '../../network/http.ts';
import type { RemoteCommit } from '../../network/outside/github.ts';
import { TlsError } from '../../network/tls.ts';
import { decode } from '../byte-text.ts';
import { SystemError } from '../process.ts';
import { strftime } from './dates.ts';
import {
	connectFirst,
	exchange,
	type HttpUrl,
	hostField,
	parseUrl,
	resolveHost,
	secure,
	tlsProblem,
	trustedAuthorities,
	UnknownHost,
} from './http-client.ts';
import { type Call, join, lastPart, type Tool } from './tool.ts';

const version = '2.47.3';
/** Where a clone keeps what it knows of its commit. */
const commitFile = '.git/slidecar-commit.json';

async function get(call: Call, url: HttpUrl, target: string): Promise<{ status: number; body: string }> {
	const addresses = await resolveHost(call.process, url.host);
	const { process } = call;
	const connection = await connectFirst(process, addresses, url.port);
	try {
		if (url.scheme === 'https') await secure(process, connection, url, trustedAuthorities(process));
		const headers: [string, string][] = [
			['Host', hostField(url)],
			['User-Agent', `git/${version}`],
			['Accept', '*/*'],
		];
		const response = await exchange(connection, { method: 'GET', target, headers });
		return { status: response.status, body: decode(await collect(response.body)) };
	} finally {
		connection.close();
	}
}

function fatal(call: Call, message: string): Promise<number> {
	return call.process.write(2, `fatal: ${message}\n`).then(() => 128);
}

/** Fetches the repository's commit, or says what git says. */
async function fetchCommit(call: Call, text: string): Promise<RemoteCommit | number> {
	const url = parseUrl(text);
	if (!url || !/^https?:\/\//.test(text)) return fatal(call, `repository '${text}' does not exist`);
	const path = url.target.replace(/\/$/, '');
	const shown = `${text.replace(/\/$/, '')}/`;
	try {
		const refs = await get(call, url, `${path}/info/refs?service=git-upload-pack`);
		if (refs.status === 404) {
			await call.process.write(2, 'remote: Not Found\n');
			return fatal(call, `repository '${shown}' not found`);
		}
		const [, id] = /^([0-9a-f]{40})\tHEAD$/m.exec(refs.body) ?? [];
		if (refs.status !== 200 || !id)
			return fatal(call, `${shown}info/refs not valid: is this a git repository?`);
		const commit = await get(call, url, `${path}/commit/${id}`);
		return JSON.parse(commit.body) as RemoteCommit;
	} catch (error) {
		const unable = `unable to access '${shown}': `;
		if (error instanceof UnknownHost) return fatal(call, `${unable}Could not resolve host: ${error.host}`);
		if (error instanceof HttpError) return fatal(call, `${unable}${error.message}`);
		if (error instanceof TlsError) return fatal(call, `${unable}${tlsProblem(error, url.host)}`);
		if (!(error instanceof SystemError)) throw error;
		return fatal(
			call,
			`${unable}Failed to connect to ${url.host} port ${url.port} after 0 ms: Could not connect to server`,
		);
	}
}

async function clone(call: Call, args: readonly string[]): Promise<number> {
	const { process } = call;
	const operands: string[] = [];
	let quiet = false;
	for (let at = 0; at < args.length; at++) {
		const arg = args[at];
		if (arg === '-q' || arg === '--quiet') quiet = true;
		else if (['--depth', '-b', '--branch', '-o', '--origin', '-c', '--config'].includes(arg)) at++;
		else if (
			/^--(depth|branch|single-branch|no-tags|recurse-submodules|progress|filter)(=|$)/.test(arg) ||
			arg === '-v'
		)
			continue;
		else if (arg.startsWith('-')) {
			await process.write(
				2,
				`error: unknown option \`${arg.replace(/^-+/, '')}'\nusage: git clone [<options>] [--] <repo> [<dir>]\n`,
			);
			return 129;
		} else operands.push(arg);
	}
	const [repository, given] = operands;
	if (repository === undefined) {
		await process.write(
			2,
			'fatal: You must specify a repository to clone.\n\nusage: git clone [<options>] [--] <repo> [<dir>]\n',
		);
		return 129;
	}
	const directory = given ?? lastPart(repository).replace(/\.git$/, '');
	const { files } = process;
	const there = files.exists(directory);
	if (there && (files.status(directory).kind !== 'directory' || files.list(directory).length > 0))
		return fatal(call, `destination path '${directory}' already exists and is not an empty directory.`);
	if (!quiet) await process.write(2, `Cloning into '${directory}'...\n`);
	const commit = await fetchCommit(call, repository);
	if (typeof commit === 'number') return commit;
	try {
		files.makeDirectory(join(directory, '.git/refs/heads'), { recursive: true });
		for (const [name, text] of Object.entries(commit.files)) {
			const path = join(directory, name);
			const folder = path.slice(0, path.lastIndexOf('/'));
			if (!files.exists(folder)) files.makeDirectory(folder, { recursive: true });
			files.writeFile(path, text);
		}
		files.writeFile(join(directory, '.git/HEAD'), `ref: refs/heads/${commit.branch}\n`);
		files.writeFile(join(directory, `.git/refs/heads/${commit.branch}`), `${commit.id}\n`);
		files.writeFile(
			join(directory, '.git/config'),
			`[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n[remote "origin"]\n\turl = ${repository}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n[branch "${commit.branch}"]\n\tremote = origin\n\tmerge = refs/heads/${commit.branch}\n`,
		);
		files.writeFile(join(directory, commitFile), JSON.stringify(commit));
	} catch (error) {
		if (!(error instanceof SystemError)) throw error;
		return fatal(call, `could not create work tree dir '${directory}': ${error.message}`);
	}
	return 0;
}

/** The work tree around the current directory, with its commit. */
function workTree(call: Call, from: string): { root: string; commit: RemoteCommit } | undefined {
	const { files } = call.process;
	let folder = from.startsWith('/') ? from : join(call.process.cwd, from);
	for (;;) {
		const file = join(folder, commitFile);
		if (files.exists(file)) return { root: folder, commit: JSON.parse(files.readText(file)) as RemoteCommit };
		if (folder === '/' || folder === '') return undefined;
		folder = folder.slice(0, folder.lastIndexOf('/')) || '/';
	}
}

function filesBelow(call: Call, root: string, folder = ''): string[] {
	return call.process.files.list(join(root, folder || '.')).flatMap((name) => {
		const path = folder ? `${folder}/${name}` : name;
		if (path === '.git') return [];
		return call.process.files.status(join(root, path), { followLinks: false }).kind === 'directory'
			? filesBelow(call, root, path)
			: [path];
	});
}

async function status(
	call: Call,
	{ root, commit }: { root: string; commit: RemoteCommit },
	short: boolean,
): Promise<number> {
	const present = filesBelow(call, root).sort();
	const changed = present.filter(
		(path) =>
			Object.hasOwn(commit.files, path) &&
			call.process.files.readText(join(root, path)) !== commit.files[path],
	);
	const deleted = Object.keys(commit.files).filter((path) => !present.includes(path));
	const untracked = present.filter((path) => !Object.hasOwn(commit.files, path));
	if (short) {
		await call.print(
			[
				...changed.map((path) => ` M ${path}\n`),
				...deleted.map((path) => ` D ${path}\n`),
				...untracked.map((path) => `?? ${path}\n`),
			].join(''),
		);
		return 0;
	}
	await call.print(
		`On branch ${commit.branch}\nYour branch is up to date with 'origin/${commit.branch}'.\n\n`,
	);
	if (changed.length + deleted.length > 0) {
		const lines = [
			...changed.map((path) => [path, `\tmodified:   ${path}\n`]),
			...deleted.map((path) => [path, `\tdeleted:    ${path}\n`]),
		];
		const sorted = lines.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
		await call.print(
			`Changes not staged for commit:\n  (use "git add${deleted.length > 0 ? '/rm' : ''} <file>..." to update what will be committed)\n  (use "git restore <file>..." to discard changes in working directory)\n${sorted.join('')}\n`,
		);
	}
	if (untracked.length > 0)
		await call.print(
			`Untracked files:\n  (use "git add <file>..." to include in what will be committed)\n${untracked.map((path) => `\t${path}\n`).join('')}\n`,
		);
	if (changed.length + deleted.length > 0)
		await call.print('no changes added to commit (use "git add" and/or "git commit -a")\n');
	else if (untracked.length > 0)
		await call.print('nothing added to commit but untracked files present (use "git add" to track)\n');
	else await call.print('nothing to commit, working tree clean\n');
	return 0;
}

async function log(call: Call, { commit }: { commit: RemoteCommit }, oneLine: boolean): Promise<number> {
	const { id, branch, author, email, at, subject } = commit;
	if (oneLine) await call.print(`${id.slice(0, 7)} ${subject}\n`);
	else
		await call.print(
			`commit ${id}${call.process.file(1).terminal ? ` (HEAD -> ${branch}, origin/${branch}, origin/HEAD)` : ''}\nAuthor: ${author} <${email}>\nDate:   ${strftime('%a %b %-d %H:%M:%S %Y +0000', at)}\n\n    ${subject}\n`,
		);
	return 0;
}

const usage = `usage: git [-v | --version] [-h | --help] [-C <path>] <command> [<args>]

These are the Git commands that the lab knows:

   clone     Clone a repository into a new directory
   log       Show commit logs
   status    Show the working tree status
`;

export const git: Tool = {
	name: 'git',
	async run(call) {
		let args = [...call.args];
		let folder = call.process.cwd;
		while (args[0] === '-C' || args[0] === '-c') {
			if (args[0] === '-C') folder = args[1] ?? folder;
			args = args.slice(2);
		}
		const [command, ...rest] = args;
		if (command === '--version' || command === '-v' || command === 'version') {
			await call.print(`git version ${version}\n`);
			return 0;
		}
		if (command === undefined || command === '--help' || command === '-h' || command === 'help') {
			await call.print(usage);
			return command === undefined ? 1 : 0;
		}
		if (command === 'clone') return clone(call, rest);
		if (command !== 'status' && command !== 'log') {
			await call.process.write(2, `git: '${command}' is not a git command of the lab. See 'git --help'.\n`);
			return 1;
		}
		const tree = workTree(call, folder);
		if (!tree) return fatal(call, 'not a git repository (or any of the parent directories): .git');
		if (command === 'status')
			return status(
				call,
				tree,
				rest.includes('-s') || rest.includes('--short') || rest.includes('--porcelain'),
			);
		return log(call, tree, rest.includes('--oneline'));
	},
};
