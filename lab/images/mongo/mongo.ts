// The official image `mongo`: mongod with replica sets, and the shell of its time: `mongo` before 5.0, both in
// 5.0, `mongosh` from 6.0 on. Access control, sharding, TLS and storage engines but the one are left out; every
// line stands on Debian here.
import { jq } from '../../runtime/programs/jq/jq.ts';
import { programOf } from '../../runtime/programs/tool.ts';
import { caCertificates } from '../bases/ca-certificates.ts';
import { debianTree, executables, programs } from '../bases/debian.ts';
import { createRepository, fullVersion, isVersion, remember, standardPath } from '../repository.ts';
import { entrypointScript } from './entrypoint.ts';
import { mongodProgram } from './server/mongod.ts';
import { lineOf, lines } from './server/versions.ts';
import { shellProgram } from './shell/main.ts';

const newest = '8.2.0';
/** What the tags of releases may end in. */
const variant = /(?:^|-)(?:noble|jammy|focal|bionic|xenial|jessie|wheezy)$/;

/** The whole version of a tag; undefined where there is no such tag. */
function versionOf(tag: string): string | undefined {
	const name = tag.replace(variant, '');
	if (name === '' || name === 'latest') return newest;
	return isVersion(name, lines) ? fullVersion(name, lines) : undefined;
}

const account = { name: 'mongodb', id: 999, comment: '', home: '/data/db', shell: '/bin/sh' };

const layersOf = remember((version: string) => {
	const line = lineOf(version);
	const shells = {
		...(line < 6 ? { mongo: shellProgram('mongo', version) } : {}),
		...(line >= 5 ? { mongosh: shellProgram('mongosh', version) } : {}),
	};
	const script = entrypointScript(line >= 6 ? 'mongosh' : 'mongo', line >= 3.6);
	return [
		debianTree({ accounts: [account] }),
		caCertificates,
		{
			'docker-entrypoint-initdb.d': {},
			data: { db: {}, configdb: {} },
			etc: {
				'mongod.conf.orig':
					'# mongod.conf\nstorage:\n  dbPath: /var/lib/mongodb\nnet:\n  port: 27017\n  bindIp: 127.0.0.1\n',
			},
			usr: {
				bin: {
					...executables(['procps']),
					...programs({ jq: programOf(jq, 'gnu'), mongod: mongodProgram(version), ...shells }),
				},
				local: { bin: { 'docker-entrypoint.sh': { $file: script, mode: 0o755 } } },
			},
		},
	];
});

export const mongo = createRepository({
	name: 'docker.io/library/mongo',
	hasTag: (tag) => versionOf(tag) !== undefined,
	content(tag) {
		const version = versionOf(tag) ?? newest;
		const line = lineOf(version);
		return {
			config: {
				entrypoint: ['docker-entrypoint.sh'],
				cmd: ['mongod'],
				env: {
					PATH: standardPath,
					MONGO_MAJOR: version.split('.').slice(0, 2).join('.'),
					MONGO_VERSION: version,
					HOME: '/data/db',
				},
				workingDir: '/',
				volumes: ['/data/configdb', '/data/db'],
			},
			layers: layersOf(version),
			sizeBytes: line >= 5 ? 314_000_000 : 150_000_000,
		};
	},
});
