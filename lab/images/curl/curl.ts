// curlimages/curl: Alpine with curl, run as an unprivileged user. Its entry point takes what looks like
// curl's arguments for curl.
import { curl as curlTool } from '../../runtime/programs/curl.ts';
import { programOf } from '../../runtime/programs/tool.ts';
import { alpineTree, newestAlpine } from '../bases/alpine.ts';
import { createRepository, isVersion, plainConfig } from '../repository.ts';

const entrypoint = `#!/bin/sh
set -e

# Without a command, or with an option first, the arguments are curl's.
if [ "\${1#-}" != "\${1}" ] || [ -z "$(command -v "\${1}")" ]; then
	set -- curl "$@"
fi

exec "$@"
`;

/** The last patch release of each; only whole versions are tags. */
const lines = {
	'7.73': 0,
	'7.74': 0,
	'7.75': 0,
	'7.76': 1,
	'7.77': 0,
	'7.78': 0,
	'7.79': 1,
	'7.80': 0,
	'7.81': 0,
	'7.82': 0,
	'7.83': 1,
	'7.84': 0,
	'7.85': 0,
	'7.86': 0,
	'7.87': 0,
	'7.88': 1,
	'8.0': 1,
	'8.1': 2,
	'8.2': 1,
	'8.3': 0,
	'8.4': 0,
	'8.5': 0,
	'8.6': 0,
	'8.7': 1,
	'8.8': 0,
	'8.9': 1,
	'8.10': 1,
	'8.11': 1,
	'8.12': 1,
	'8.13': 0,
	'8.14': 1,
	'8.15': 0,
	'8.16': 0,
	'8.17': 0,
};
const user = { uid: 100, gid: 101 };
const tree = alpineTree(newestAlpine, {
	accounts: [{ name: 'curl_user', id: 100, group: 101, home: '/home/curl_user', shell: '/sbin/nologin' }],
	usrBin: { curl: { $program: programOf(curlTool, 'gnu') } },
});
const layers = [
	tree,
	{ 'entrypoint.sh': { $file: entrypoint, mode: 0o755 }, home: { curl_user: { $directory: {}, ...user } } },
];

export const curl = createRepository({
	name: 'docker.io/curlimages/curl',
	hasTag: (tag) => tag === 'latest' || (/^\d+\.\d+\.\d+$/.test(tag) && isVersion(tag, lines)),
	content: () => ({
		config: {
			...plainConfig,
			entrypoint: ['/entrypoint.sh'],
			cmd: ['curl'],
			workingDir: '/home/curl_user',
			user: { ...user, name: 'curl_user' },
		},
		layers,
		sizeBytes: 9_230_000,
	}),
});
