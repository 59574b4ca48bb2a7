// jenkins.war: the phases of a start with their log lines and about the time they take on two cores, the HTTP
// server, the port of the agents, and the end by SIGTERM.
import type { Connection } from '../../network/network.ts';
import { decode } from '../../runtime/byte-text.ts';
import { type Process, type Program, SystemError } from '../../runtime/process.ts';
import { acceptEach, serveHttpOn, signalReceived } from '../../runtime/programs/server.ts';
import { type Home, openHome } from './home.ts';
import { respond, type Site } from './http.ts';
import { createLog, type Log } from './log.ts';

const mebibyte = 1024 * 1024;
const reactor = 'jenkins.InitReactorRunner$1#onAttained';
const rule = '*'.repeat(61);

/** The initializers' milestones, with the milliseconds before each. */
const milestones: readonly (readonly [milliseconds: number, thread: number, name: string])[] = [
	[900, 43, 'Started initialization'],
	[400, 50, 'Listed all plugins'],
	[5200, 48, 'Prepared all plugins'],
	[100, 48, 'Started all plugins'],
	[60, 49, 'Augmented all extensions'],
	[2400, 43, 'System config loaded'],
	[20, 43, 'System config adapted'],
	[40, 43, 'Loaded all jobs'],
	[30, 43, 'Configuration for all jobs updated'],
];

const passwordNotice = ({ path, password }: Home) => `

${rule}
${rule}
${rule}

Jenkins initial setup is required. An admin user has been created and a password generated.
Please use the following password to proceed to installation:

${password}

This may also be found at: ${path}/secrets/initialAdminPassword

${rule}
${rule}
${rule}
`;

interface Settings {
	port: number;
	prefix: string;
}

/** The arguments after the file, as `--prefix=/jenkins --httpPort=8080`. */
function settingsOf(argv: readonly string[]): Settings {
	const value = (name: string) =>
		argv.findLast((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3) ?? '';
	const prefix = value('prefix').replace(/\/+$/, '');
	return {
		port: Number(value('httpPort') || 8080),
		prefix: prefix === '' || prefix.startsWith('/') ? prefix : `/${prefix}`,
	};
}

async function startServer(site: Site, { port }: Settings, log: Log): Promise<void> {
	const { process } = site;
	const { files, env } = process;
	const home = env.get('JENKINS_HOME') ?? '/root/.jenkins';
	await process.sleep(800);
	await process.write(1, `Running from: /usr/share/jenkins/jenkins.war\nwebroot: ${home}/war\n`);
	if (!files.exists(`${home}/war/META-INF/MANIFEST.MF`)) {
		await process.sleep(400);
		await log(1, 'winstone.Logger#logInternal', 'Beginning extraction from war file');
		await process.sleep(6500);
	}
	process.allocate(90 * mebibyte);
	if (site.prefix === '')
		await log(1, 'o.e.j.ee9.nested.ContextHandler#setContextPath', 'Empty contextPath', 'WARNING');
	await log(1, 'org.eclipse.jetty.server.Server#doStart', 'jetty-12.1.5; jvm 21.0.9+10-LTS');
	await process.sleep(900);
	await log(
		1,
		'hudson.WebAppMain#contextInitialized',
		`Jenkins home directory: ${home} found at: EnvVars.masterEnvVars.get("JENKINS_HOME")`,
	);
	await process.sleep(300);
	serveHttpOn(process, port, (request) => respond(site, request));
	await log(
		1,
		'o.e.j.server.AbstractConnector#doStart',
		`Started oejs.ServerConnector@2aa6311a{HTTP/1.1, (http/1.1)}{0.0.0.0:${port}}`,
	);
	await log(35, 'winstone.Logger#logInternal', 'Winstone Servlet Engine running: controlPort=disabled');
	await process.sleep(500);
	await log(34, 'jenkins.model.Jenkins#<init>', `Starting version ${site.version}`);
}

async function initialize(site: Site, log: Log): Promise<void> {
	const { process } = site;
	const home = openHome(process, site.version);
	for (const [milliseconds, thread, name] of milestones) {
		// What has been prepared before is found again.
		await process.sleep(home.unpacked ? milliseconds / 2 : milliseconds);
		process.allocate(20 * mebibyte);
		await log(thread, reactor, name);
	}
	await process.sleep(700);
	listenForAgents(site);
	await log(42, 'jenkins.install.SetupWizard#init', passwordNotice(home));
	await process.sleep(home.unpacked ? 6000 : 13_000);
	await log(45, reactor, 'Completed initialization');
	await process.sleep(30);
	site.home = home;
	await log(34, 'hudson.lifecycle.Lifecycle#onReady', 'Jenkins is fully up and running');
}

/** Inbound agents connect here; there is none in the lab, so only its greeting to a browser is answered. */
function listenForAgents({ process, version, sessionMark }: Site): void {
	const port = Number(process.env.get('JENKINS_SLAVE_AGENT_PORT') ?? 50_000);
	const greet = async (connection: Connection) => {
		const asked = decode(await connection.read());
		if (asked.startsWith('GET '))
			await connection.write(
				`HTTP/1.0 200 OK\r\nContent-Type: text/plain;charset=UTF-8\r\n\r\nJenkins-Agent-Protocols: JNLP4-connect, Ping\nJenkins-Version: ${version}\nJenkins-Session: ${sessionMark}\nClient: ${connection.remoteAddress}\nServer: ${connection.localAddress}\n`,
			);
		connection.close();
	};
	acceptEach(process.network.listen(port), greet);
}

async function shutDown({ process }: Site, log: Log): Promise<number> {
	await log(27, 'winstone.Logger#logInternal', 'JVM is terminating. Shutting down Jetty');
	await process.sleep(300);
	await log(27, 'hudson.lifecycle.Lifecycle#onStatusUpdate', 'Stopping Jenkins');
	await process.sleep(400);
	await log(27, 'hudson.lifecycle.Lifecycle#onStatusUpdate', 'Jenkins stopped');
	return 143;
}

/** The application of a version as 2.541.2. */
export function jenkinsWar(version: string): Program {
	return async (process: Process) => {
		const log = createLog(process);
		const settings = settingsOf(process.argv);
		const site: Site = {
			process,
			version,
			prefix: settings.prefix,
			sessions: new Set(),
			sessionMark: Math.floor(process.random() * 2 ** 32).toString(16),
		};
		const started = async () => {
			await startServer(site, settings, log);
			await initialize(site, log);
		};
		const fails = async (error: unknown) => {
			// A signal in the middle of the start ends it.
			if (!(error instanceof SystemError) || error.code === 'EINTR') return;
			await log(1, 'winstone.Logger#logInternal', `Container startup failed: ${error.message}`, 'SEVERE');
			process.exit(1);
		};
		started()
			.catch(fails)
			.catch(() => {});
		await signalReceived(process, ['TERM', 'INT', 'HUP']);
		return shutDown(site, log);
	};
}
