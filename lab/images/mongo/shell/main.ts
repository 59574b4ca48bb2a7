// The programs mongosh and mongo: connect, evaluate what the command line gives, or talk with whoever types.
import { randomHex } from '../../../random.ts';
import { isTerminal } from '../../../runtime/keyboard.ts';
import { type Process, type Program, SystemError } from '../../../runtime/process.ts';
import { LineEditor } from '../../../runtime/shell/line-editor.ts';
import { numberOf } from '../documents/values.ts';
import {
	MongoClient,
	MongoNetworkError,
	MongoServerError,
	MongoServerSelectionError,
} from '../driver/client.ts';
import { ConnectionStringError, readTarget, showTarget, type Target } from '../driver/connection-string.ts';
import { memberStateOf } from '../replication/member-state.ts';
import { ShellSyntaxError } from './completeness.ts';
import { ScriptError } from './interpreter.ts';
import { readOptions, type ShellOptions, ShellOptionsError } from './options.ts';
import { type Flavour, ShellSession } from './session.ts';

const mongoshVersion = '2.5.8';
const residentBytes = { mongosh: 60 * 2 ** 20, mongo: 20 * 2 ** 20 };

/** A shell that belongs to a version of the server. */
export function shellProgram(flavour: Flavour, serverVersion: string): Program {
	const version = flavour === 'mongosh' ? mongoshVersion : serverVersion;
	return async (process) => {
		let options: ShellOptions;
		let target: Target;
		try {
			options = readOptions(process.argv.slice(1));
			target = readTarget(options.address, options);
		} catch (error) {
			if (!(error instanceof ShellOptionsError) && !(error instanceof ConnectionStringError)) throw error;
			await process.write(2, `${error.message}\n`);
			return 1;
		}
		if (options.version || options.help) {
			const usage = `\n  $ ${flavour} [options] [db address] [file names (ending in .js or .mongodb)]\n`;
			const banner = flavour === 'mongosh' ? version : `MongoDB shell version v${version}`;
			await process.write(1, `${options.version ? banner : usage}\n`);
			return 0;
		}
		process.allocate(residentBytes[flavour]);
		return run(process, flavour, version, options, target);
	};
}

async function run(
	process: Process,
	flavour: Flavour,
	version: string,
	options: ShellOptions,
	target: Target,
): Promise<number> {
	const scripted = options.evaluate.length > 0 || options.files.length > 0;
	const quiet = options.quiet || (scripted && flavour === 'mongosh' && !options.shell);
	if (!quiet) await process.write(1, connecting(flavour, version, target, process));
	const client = new MongoClient(process, target);
	try {
		await client.connect();
	} catch (error) {
		if (!(error instanceof MongoNetworkError) && !(error instanceof MongoServerSelectionError)) throw error;
		await process.write(2, refusal(flavour, target, error));
		return 1;
	}
	const session = await ShellSession.start(process, client, flavour, version);
	if (!quiet) await process.write(1, await connected(session));
	if (!options.norc) await startupScript(session);
	for (const text of options.evaluate) {
		const shown = await evaluated(session, text, options);
		if (shown !== undefined) return shown;
	}
	for (const file of options.files) {
		const failed = await runFile(session, file);
		if (failed !== undefined) return failed;
	}
	if (scripted && !options.shell) return 0;
	return converse(session);
}

function connecting(flavour: Flavour, version: string, target: Target, process: Process): string {
	if (flavour === 'mongo')
		return `MongoDB shell version v${version}\nconnecting to: mongodb://${target.hosts.join(',')}/${target.database}\n`;
	const seconds = Math.floor(process.clock.now() / 1000).toString(16);
	const id = seconds + randomHex(process.random, 16);
	return (
		`Current Mongosh Log ID:\t${id}\n` + `Connecting to:\t\t${showTarget(target, `mongosh ${version}`)}\n`
	);
}

/** What is said once connected: versions, and the server's warnings. */
async function connected(session: ShellSession): Promise<string> {
	const { client, flavour, version } = session;
	const ask = async (command: string, value: string | number) => {
		try {
			return await client.command('admin', { [command]: value });
		} catch (error) {
			if (error instanceof MongoServerError) return {};
			throw error;
		}
	};
	const server = String((await ask('buildInfo', 1)).version ?? '');
	if (flavour === 'mongo') return `MongoDB server version: ${server}\n`;
	const { log = [] } = await ask('getLog', 'startupWarnings');
	const warnings = (log as string[]).map((line) => {
		const { t, msg } = JSON.parse(line) as { t: { $date: string }; msg: string };
		return `   ${t.$date}: ${msg}\n`;
	});
	const said =
		warnings.length > 0
			? `------\n   The server generated these startup warnings when booting\n${warnings.join('')}------\n\n`
			: '';
	return `Using MongoDB:\t\t${server}\nUsing Mongosh:\t\t${version}\n\nFor mongosh info see: https://www.mongodb.com/docs/mongodb-shell/\n\n${said}`;
}

function refusal(flavour: Flavour, target: Target, error: Error): string {
	const kind = error instanceof MongoNetworkError ? 'MongoNetworkError' : 'MongoServerSelectionError';
	if (flavour === 'mongosh') return `${kind}: ${error.message}\n`;
	return `Error: couldn't connect to server ${target.hosts[0]}, connection attempt failed: ${error.message} :\nconnect@src/mongo/shell/mongo.js\n@(connect):1:6\nexception: connect failed\n`;
}

async function startupScript(session: ShellSession): Promise<void> {
	const { process, flavour } = session;
	const path = `${process.env.get('HOME') ?? '/root'}/.${flavour}rc.js`;
	if (process.files.exists(path)) await runFile(session, path);
}

/** Evaluates what --eval gives; an exit code where the shell ends by it. */
async function evaluated(
	session: ShellSession,
	text: string,
	options: ShellOptions,
): Promise<number | undefined> {
	const source = options.json ? `EJSON.stringify((${text.replace(/;\s*$/, '')}), null, 2)` : text;
	try {
		const shown = await session.evaluate(source);
		if (shown !== '') await session.process.write(1, `${shown}\n`);
		return session.exitCode;
	} catch (error) {
		return complain(session, error, source);
	}
}

async function runFile(session: ShellSession, file: string): Promise<number | undefined> {
	const { process } = session;
	let text: string;
	try {
		text = process.files.readText(file);
	} catch (error) {
		if (!(error instanceof SystemError)) throw error;
		await process.write(2, `Error: ${error.code}: ${error.message.toLowerCase()}, open '${file}'\n`);
		return 1;
	}
	try {
		await session.evaluate(text, { file, show: false });
		return session.exitCode;
	} catch (error) {
		return complain(session, error, text);
	}
}

async function complain(session: ShellSession, error: unknown, text: string): Promise<number> {
	if (!(error instanceof ScriptError) && !(error instanceof ShellSyntaxError)) throw error;
	await session.process.write(2, `${session.describe(error, text)}\n`);
	return 1;
}

/** The prompt: what the server is, and the database. */
async function promptOf(session: ShellSession): Promise<string> {
	const { client, flavour } = session;
	let member: { set: string; state: string } | undefined;
	try {
		const server = await client.command('admin', { isMaster: 1 });
		if (typeof server.setName === 'string') {
			const state = server.ismaster
				? 'PRIMARY'
				: server.secondary
					? 'SECONDARY'
					: server.arbiterOnly
						? 'ARBITER'
						: 'OTHER';
			member = { set: server.setName, state };
			if (state === 'OTHER' && flavour === 'mongo') {
				const status = await client.command('admin', { replSetGetStatus: 1 });
				member.state = memberStateOf(numberOf(status.myState) ?? 6);
			}
		}
	} catch (error) {
		const known = [MongoServerError, MongoNetworkError, MongoServerSelectionError, SystemError];
		if (!known.some((kind) => error instanceof kind)) throw error;
	}
	if (flavour === 'mongo') return member ? `${member.set}:${member.state}> ` : '> ';
	const kind = client.target.direct ? 'direct: ' : '';
	const where = member ? `${member.set} [${kind}${member.state.toLowerCase()}] ` : '';
	return `${where}${await session.database()}> `;
}

/** Reads inputs, of several lines where one is not complete, until the end or `exit`. */
async function converse(session: ShellSession): Promise<number> {
	const { process, flavour } = session;
	const terminal = isTerminal(process, 0) ? process.file(0) : undefined;
	const editor = terminal && new LineEditor(process, terminal, (before) => session.complete(before));
	const lines = terminal ? undefined : inputLines(process);
	process.onSignal('INT', () => session.interrupt());
	let text = '';
	let interrupts = 0;
	while (session.exitCode === undefined) {
		const prompt = text === '' ? await promptOf(session) : '... ';
		if (!editor) await process.write(1, prompt);
		const line = editor ? await editor.read(prompt) : await nextLine(lines!);
		if (line === undefined) break;
		if (line === 'interrupted') {
			interrupts++;
			if (flavour === 'mongo' || (text === '' && interrupts > 1)) break;
			if (text === '') await process.write(1, '(To exit, press Ctrl+C again or Ctrl+D or type .exit)\n');
			text = '';
			continue;
		}
		interrupts = 0;
		text += text === '' ? line.text : `\n${line.text}`;
		if (text.trim() === '') text = '';
		else if (text.trim() === '.exit') break;
		else if (await respond(session, text)) text = '';
	}
	if (flavour === 'mongo') await process.write(1, 'bye\n');
	else if (session.exitCode === undefined) await process.write(1, '\n');
	return session.exitCode ?? 0;
}

/** Evaluates an input and shows what comes of it; false where it is not complete. */
async function respond(session: ShellSession, text: string): Promise<boolean> {
	try {
		const shown = await session.evaluate(text);
		if (shown !== '') await session.process.write(1, `${shown}\n`);
		return true;
	} catch (error) {
		if (error instanceof ShellSyntaxError && error.incomplete) return false;
		if (!(error instanceof ScriptError) && !(error instanceof ShellSyntaxError)) throw error;
		await session.process.write(1, `${session.describe(error, text)}\n`);
		return true;
	}
}

async function nextLine(lines: AsyncGenerator<string>): Promise<{ text: string } | undefined> {
	const { value, done } = await lines.next();
	return done ? undefined : { text: value };
}

/** The lines of standard input. */
async function* inputLines(process: Process): AsyncGenerator<string> {
	const decoder = new TextDecoder();
	let rest = '';
	for (;;) {
		const data = await process.read(0);
		rest += decoder.decode(data, { stream: data.length > 0 });
		const lines = rest.split('\n');
		rest = lines.pop() ?? '';
		yield* lines;
		if (data.length === 0) break;
	}
	if (rest !== '') yield rest;
}
