// curlimages/curl: Alpine with curl, run as an unprivileged user. Its entry point takes what looks like
// curl's arguments for curl.
import { curl as curlTool } from '../../runtime/programs/curl.ts';
import { programOf } from '../../runtime/programs/tool.ts';
import { alpineTree, newestAlpine } from '../bases/alpine.ts';
import { createRepository, plainConfig } from '../repository.ts';

const entrypoint = `#!/bin/sh
set -e

# Without a command, or with an option first, the arguments are curl's.
if [ "\${1#-}" != "\${1}" ] || [ -z "$(command -v "\${1}")" ]; then
	set -- curl "$@"
fi

exec "$@"
`;

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
	hasTag: (tag) => tag === 'latest' || /^(?:7\.(?:7[2-9]|8[0-8])\.[01]|8\.(?:\d|1[0-7])\.[0-4])$/.test(tag),
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
