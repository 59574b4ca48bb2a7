// The official image `httpd`, on Debian or Alpine, and the one of Kubernetes' own tests: configuration, virtual
// hosts, static files, listings, errors and logs. CGI, rewriting, proxying and TLS are left out, as are .htaccess
// files and the children's own processes.
import type { FileTree } from '../../runtime/files.ts';
import { alpineTree, newestAlpine } from '../bases/alpine.ts';
import { debianTree } from '../bases/debian.ts';
import type { Image } from '../image.ts';
import { createRepository, fullVersion, remember } from '../repository.ts';
import { root } from './configuration.ts';
import { serverFiles, startScript } from './files.ts';
import { httpdProgram } from './server.ts';

/** The last patch release of the one line there is. */
const lines = { '2.4': 65 };
const newest = '2.4.65';
/** Earlier ones are not in the registry. */
const oldest = 10;

function parseTag(tag: string): { version: string; alpine: boolean } | undefined {
	const [, name, base] = /^(.*?)(?:(?:^|-)(alpine(?:3\.\d+)?|bookworm|bullseye|trixie))?$/.exec(tag) ?? [];
	const alpine = base?.startsWith('alpine') ?? false;
	if (name === 'latest' || (name === '' && base)) return { version: newest, alpine };
	const version = fullVersion(name, lines);
	if (version === undefined || Number(version.split('.')[2]) < oldest) return undefined;
	return { version, alpine };
}

const account = { name: 'www-data', id: 82, home: '/home/www-data', shell: '/sbin/nologin' };
const debianBase = remember(() => debianTree());
const alpineBase = remember(() => alpineTree(newestAlpine, { accounts: [account] }));

const layersOf = remember((key: string): FileTree[] => {
	const [version, base] = key.split(' ');
	const apache2 = { ...serverFiles('www-data'), bin: { httpd: { $program: httpdProgram(version) } } };
	return [
		base === 'alpine' ? alpineBase('') : debianBase(''),
		{ usr: { local: { apache2, bin: startScript } } },
	];
});

function content(version: string, alpine: boolean): Omit<Image, 'reference' | 'digest'> {
	return {
		config: {
			entrypoint: [],
			cmd: ['httpd-foreground'],
			env: {
				PATH: `${root}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
				HTTPD_PREFIX: root,
				HTTPD_VERSION: version,
			},
			workingDir: root,
			stopSignal: 'WINCH',
		},
		layers: layersOf(`${version} ${alpine ? 'alpine' : 'debian'}`),
		sizeBytes: alpine ? 22_870_000 : 45_230_000,
	};
}

export const httpd = createRepository({
	name: 'docker.io/library/httpd',
	hasTag: (tag) => parseTag(tag) !== undefined,
	content(tag) {
		const { version, alpine } = parseTag(tag) ?? { version: newest, alpine: false };
		return content(version, alpine);
	},
});

/** registry.k8s.io/e2e-test-images/httpd: two old releases, one to update to from the other. */
export const testHttpd = createRepository({
	name: 'registry.k8s.io/e2e-test-images/httpd',
	hasTag: (tag) => /^2\.4\.(?:38|39)-[1-4]$/.test(tag),
	content: (tag) => content(tag.replace(/-\d$/, ''), true),
});
