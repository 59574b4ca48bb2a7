// hashicorp/consul, and the old official image `consul`, on Alpine: agents that gossip over connections of the
// lab's network (memberlist and Serf's protocol, over TCP), servers that agree by Raft, the HTTP API on port 8500
// and the command line as far as keys, membership, Raft and snapshots go. Left out: DNS on port 8600, gRPC, TLS,
// ACLs, sessions and locks, Connect, blocking queries, other datacentres, and services registered with agents.
// The agent runs as the container's user: the entry point does not change to the user consul.

import type { FileTree } from '../../runtime/files.ts';
import { jq } from '../../runtime/programs/jq/jq.ts';
import { programOf } from '../../runtime/programs/tool.ts';
import { alpineTree, newestAlpine } from '../bases/alpine.ts';
import { createRepository, fullVersion, remember, standardPath } from '../repository.ts';
import { consulProgram } from './cli/main.ts';
import { dumbInit } from './dumb-init.ts';
import { entrypoint } from './entrypoint.ts';
import { lines } from './releases.ts';

/** The last line that the official image `consul` was published for, and its last patch release. */
const lastLibraryLine = '1.15';
const lastLibraryPatches: Readonly<Record<string, number>> = { '1.13': 9, '1.14': 8, '1.15': 4 };
const account = { name: 'consul', id: 100, group: 1000, home: '/home/consul', shell: '/sbin/nologin' };

const base = remember(() => alpineTree(newestAlpine, { accounts: [account] }));

function ownFiles(version: string): FileTree {
	return {
		bin: { consul: { $program: consulProgram(version) } },
		consul: { data: {}, config: {} },
		usr: {
			bin: { 'dumb-init': { $program: dumbInit }, jq: { $program: programOf(jq, 'gnu') } },
			local: { bin: { 'docker-entrypoint.sh': { $file: entrypoint, mode: 0o755 } } },
		},
	};
}

const layersOf = remember((version: string) => [base(''), ownFiles(version)]);
const newestLine = Object.keys(lines)[Object.keys(lines).length - 1];

function repository(name: string, patches: Readonly<Record<string, number>>, latest: string | undefined) {
	const versionOf = (tag: string) => (tag === 'latest' ? latest : fullVersion(tag, patches));
	return createRepository({
		name,
		// There is no tag for a major version alone.
		hasTag: (tag) => tag !== '1' && versionOf(tag) !== undefined,
		content(tag) {
			const version = versionOf(tag) ?? `${newestLine}.0`;
			return {
				config: {
					entrypoint: ['docker-entrypoint.sh'],
					cmd: ['agent', '-dev', '-client', '0.0.0.0'],
					env: { PATH: standardPath, BIN_NAME: 'consul', VERSION: version },
					workingDir: '/',
					volumes: ['/consul/data'],
				},
				layers: layersOf(version),
				sizeBytes: 74_600_000,
			};
		},
	});
}

const patches = Object.fromEntries(Object.entries(lines).map(([line, { last }]) => [line, last]));
const libraryPatches = Object.fromEntries(
	Object.entries(patches)
		.filter((_, at) => at <= Object.keys(patches).indexOf(lastLibraryLine))
		.map(([line, last]) => [line, lastLibraryPatches[line] ?? last]),
);

export const consul = repository(
	'docker.io/hashicorp/consul',
	patches,
	`${newestLine}.${patches[newestLine]}`,
);
/** It was never given a newer `latest`, and the old one was taken away. */
export const libraryConsul = repository('docker.io/library/consul', libraryPatches, undefined);
