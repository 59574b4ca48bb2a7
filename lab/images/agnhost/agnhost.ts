// registry.k8s.io/e2e-test-images/agnhost, the many servers and commands of Kubernetes' own tests in one binary:
// netexec, test-webserver, serve-hostname, liveness, grpc-health-checking, pause, connect, entrypoint-tester, logs-generator and what
// prints the DNS configuration. The others are refused by name.
import type { Program } from '../../runtime/process.ts';
import { FlagError } from '../../runtime/programs/cobra-flags.ts';
import { curl } from '../../runtime/programs/curl.ts';
import { programOf } from '../../runtime/programs/tool.ts';
import { alpineTree, newestAlpine } from '../bases/alpine.ts';
import { createRepository, plainConfig } from '../repository.ts';
import { type Command, commands } from './commands.ts';
import { netexec } from './netexec.ts';
import { grpcHealthChecking, liveness, serveHostname, testWebserver } from './servers.ts';

const newest = 63;

const subcommands: Readonly<Record<string, Command>> = {
	...commands,
	'grpc-health-checking': grpcHealthChecking,
	liveness,
	netexec,
	'serve-hostname': serveHostname,
	'test-webserver': testWebserver,
};
/** What the real one has beyond those. */
const leftOut = new Set(
	'audit-proxy crd-conversion-webhook fake-gitserver fake-registry-server guestbook inclusterclient mounttest mtlsclient mtlsserver net nettest no-snat-test no-snat-test-proxy nonewprivs port-forward-tester porter resource-consumer-controller tcp-reset webhook'.split(
		' ',
	),
);

const agnhostProgram: Program = async (process) => {
	const [name, ...args] = process.argv.slice(1);
	const command = name !== undefined && Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
	if (name === '--version') {
		await process.write(1, `app version 2.${newest}\n`);
		return 0;
	}
	if (name !== undefined && leftOut.has(name)) {
		await process.write(2, `agnhost: the lab leaves out the command "${name}"\n`);
		return 1;
	}
	if (!command) {
		const list = Object.keys(subcommands)
			.sort()
			.map((known) => `  ${known}\n`)
			.join('');
		if (name === undefined) await process.write(1, `Usage:\n  app [command]\n\nAvailable Commands:\n${list}`);
		else await process.write(2, `Error: unknown command "${name}" for "app"\nRun 'app --help' for usage.\n`);
		return 0;
	}
	try {
		return await command(process, args);
	} catch (error) {
		if (!(error instanceof FlagError)) throw error;
		// It ends with 0, as the real one: its main function looks at no error.
		await process.write(2, `Error: ${error.message}\nUsage:\n  app ${name} [flags]\n`);
		return 0;
	}
};

/** Of the lab's own making, without a key: nothing is encrypted by it. */
const certificate = `-----BEGIN CERTIFICATE-----
MIIBzjCCAXSgAwIBAgIUcD+8f6g5IgqYua1whgp2Wq3bBHowCgYIKoZIzj0EAwIw
JzERMA8GA1UECgwIU2xpZGVjYXIxEjAQBgNVBAMMCWxvY2FsaG9zdDAgFw0yNjEx
MjEwMzQzMzJaGA8yMTI2MTAyODAzNDMzMlowJzERMA8GA1UECgwIU2xpZGVjYXIx
EjAQBgNVBAMMCWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABOlb
onMwAyhMmKoH/cF5ltcgir96XXue8MV+AS2FfVO1uAkrV2HH12spH3DgPO7MhF71
ELnNRt6Y4xj/+GI369mjfDB6MB0GA1UdDgQWBBSTbTX2Mu3jywx9/vVM5kpkMIBz
2jAfBgNVHSMEGDAWgBSTbTX2Mu3jywx9/vVM5kpkMIBz2jAPBgNVHRMBAf8EBTAD
AQH/MCcGA1UdEQQgMB6CCWxvY2FsaG9zdIILZXhhbXBsZS5jb22HBH8AAAEwCgYI
KoZIzj0EAwIDSAAwRQIgM047QYjdxTi9eiFQvKhYa5yERae4g3wVjd6QJu/f2j8C
IQDxP6LxDaXE+c2GlKGJZ58sjGe1ElbMPTRHAciUTaDEQg==
-----END CERTIFICATE-----
`;

const layers = [
	alpineTree(newestAlpine, { usrBin: { curl: { $program: programOf(curl, 'gnu') } } }),
	{
		agnhost: { $program: agnhostProgram },
		'agnhost-2': { $program: agnhostProgram },
		'localhost.crt': certificate,
		uploads: {},
	},
];

export const agnhost = createRepository({
	name: 'registry.k8s.io/e2e-test-images/agnhost',
	hasTag(tag) {
		const [, minor] = /^2\.(\d{1,2})$/.exec(tag) ?? [];
		return minor !== undefined && Number(minor) <= newest;
	},
	content: () => ({
		config: { ...plainConfig, entrypoint: ['/agnhost'], cmd: ['pause'] },
		layers,
		sizeBytes: 52_300_000,
	}),
});
