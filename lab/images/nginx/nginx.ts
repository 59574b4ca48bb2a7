// The official image `nginx`, on Debian or Alpine: master and worker processes, configuration, static files,
// proxying and logs as configuration.ts knows them. TLS, caching and rewriting are left out.
import type { FileTree } from '../../runtime/files.ts';
import { alpineTree, newestAlpine } from '../bases/alpine.ts';
import { caCertificates } from '../bases/ca-certificates.ts';
import { debianTree, executables } from '../bases/debian.ts';
import type { Image } from '../image.ts';
import { createRepository, fullVersion, isVersion, remember, standardPath } from '../repository.ts';
import { configurationFiles, entrypointFiles, htmlFiles } from './files.ts';
import { nginxProgram } from './master.ts';

/** The last patch release of each line. */
const lines = {
	'1.10': 3,
	'1.11': 13,
	'1.12': 2,
	'1.13': 12,
	'1.14': 2,
	'1.15': 12,
	'1.16': 1,
	'1.17': 10,
	'1.18': 0,
	'1.19': 10,
	'1.20': 2,
	'1.21': 6,
	'1.22': 1,
	'1.23': 4,
	'1.24': 0,
	'1.25': 5,
	'1.26': 3,
	'1.27': 5,
	'1.28': 0,
	'1.29': 3,
};
const stable = '1.28.0';
const mainline = '1.29.3';
const variant = /(?:^|-)(alpine(?:-slim|-perl|-otel)?|perl|otel|bookworm|bullseye|trixie)$/;

/** The version and variant of a tag, as `1.27-alpine`; undefined where there is no such tag. */
function parseTag(tag: string): { version: string; alpine: boolean } | undefined {
	const name = tag.replace(variant, '');
	const alpine = /(?:^|-)alpine/.test(tag);
	if (name === '' || name === 'latest' || name === 'mainline') return { version: mainline, alpine };
	if (name === 'stable') return { version: stable, alpine };
	if (!isVersion(name, lines)) return undefined;
	return { version: fullVersion(name, lines) ?? mainline, alpine };
}

const account = { name: 'nginx', id: 101, comment: 'nginx user', home: '/nonexistent', shell: '/bin/false' };

/** Before 1.19 the image had no entry point of its own. */
function hasEntrypoint(version: string): boolean {
	return Number(version.split('.')[1]) >= 19;
}

const debianBase = remember(() => debianTree({ accounts: [account] }));

function ownFiles(version: string): FileTree {
	return {
		...(hasEntrypoint(version) ? entrypointFiles : {}),
		etc: { nginx: configurationFiles },
		usr: {
			sbin: { nginx: { $program: nginxProgram(version) } },
			share: { nginx: { html: htmlFiles } },
		},
		var: {
			cache: { nginx: {} },
			log: { nginx: { 'access.log': { $link: '/dev/stdout' }, 'error.log': { $link: '/dev/stderr' } } },
		},
	};
}

const layersOf = remember((key: string) => {
	const [version, base] = key.split(' ');
	const added = executables(['curl', 'gettext-base']);
	return base === 'alpine'
		? [
				alpineTree(newestAlpine, {
					accounts: [account],
					usrBin: added,
				}),
				ownFiles(version),
			]
		: [debianBase(''), caCertificates, { usr: { bin: added } }, ownFiles(version)];
});

function content(version: string, alpine: boolean): Omit<Image, 'reference' | 'digest'> {
	return {
		config: {
			entrypoint: hasEntrypoint(version) ? ['/docker-entrypoint.sh'] : [],
			cmd: ['nginx', '-g', 'daemon off;'],
			env: { PATH: standardPath, NGINX_VERSION: version, PKG_RELEASE: '1' },
			workingDir: '/',
			stopSignal: hasEntrypoint(version) ? 'QUIT' : 'TERM',
		},
		layers: layersOf(`${version} ${alpine ? 'alpine' : 'debian'}`),
		sizeBytes: alpine ? 21_540_000 : 72_390_000,
	};
}

export const nginx = createRepository({
	name: 'docker.io/library/nginx',
	hasTag: (tag) => parseTag(tag) !== undefined,
	content(tag) {
		const { version, alpine } = parseTag(tag) ?? { version: mainline, alpine: false };
		return content(version, alpine);
	},
});

/** registry.k8s.io/e2e-test-images/nginx: two old releases, one to update to from the other. */
export const testNginx = createRepository({
	name: 'registry.k8s.io/e2e-test-images/nginx',
	hasTag: (tag) => /^1\.(?:14|15)-[1-4]$/.test(tag),
	content: (tag) => content(fullVersion(tag.replace(/-\d$/, ''), lines) ?? mainline, true),
});
