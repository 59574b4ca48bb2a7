// The official image `busybox`: one binary, a link for each applet, and next to nothing else. The applets are
// those of the lab; what the real one has beyond them is not found.
import type { FileTree } from '../../runtime/files.ts';
import { createBusybox } from '../../runtime/programs/busybox.ts';
import { ashProgram } from '../../runtime/shell/main.ts';
import { accountFiles } from '../bases/accounts.ts';
import { commonFolders } from '../bases/folders.ts';
import { createRepository, fullVersion, isVersion, plainConfig, remember } from '../repository.ts';

const newest = '1.37.0';

function busyboxTree(release: string): FileTree {
	const { program, applets } = createBusybox('busybox', release, ashProgram);
	return {
		...commonFolders(),
		bin: {
			busybox: { $program: program },
			...Object.fromEntries(applets.map((name) => [name, { $link: 'busybox' }])),
		},
		etc: accountFiles(
			[
				{ name: 'root', id: 0, home: '/root', shell: '/bin/sh' },
				{ name: 'daemon', id: 1, home: '/usr/sbin', shell: '/bin/false' },
				{ name: 'bin', id: 2, home: '/bin', shell: '/bin/false' },
				{ name: 'sys', id: 3, home: '/dev', shell: '/bin/false' },
				{ name: 'www-data', id: 33, home: '/var/www', shell: '/bin/false' },
				{ name: 'nobody', id: 65534, home: '/home', shell: '/bin/false' },
			],
			{ adm: 4, tty: 5, wheel: 10, users: 100 },
		),
		usr: { bin: { env: { $link: '../../bin/busybox' } }, sbin: {} },
	};
}

const layersOf = remember((release: string) => [busyboxTree(release)]);

const lines = {
	'1.27': 2,
	'1.28': 4,
	'1.29': 3,
	'1.30': 1,
	'1.31': 1,
	'1.32': 1,
	'1.33': 1,
	'1.34': 1,
	'1.35': 0,
	'1.36': 1,
	'1.37': 0,
};
const variants = /-(?:glibc|musl|uclibc)$/;

const content = (version: string) => ({
	config: { ...plainConfig, cmd: ['sh'] },
	layers: layersOf(fullVersion(version, lines) ?? newest),
	sizeBytes: 2_223_686,
});

export const busybox = createRepository({
	name: 'docker.io/library/busybox',
	hasTag(tag) {
		const version = tag.replace(variants, '');
		return (
			['latest', 'stable', 'unstable', 'glibc', 'musl', 'uclibc'].includes(version) ||
			isVersion(version, lines)
		);
	},
	content: (tag) => content(tag.replace(variants, '')),
});

/** registry.k8s.io/e2e-test-images/busybox, as Kubernetes' own tests use it. */
export const testBusybox = createRepository({
	name: 'registry.k8s.io/e2e-test-images/busybox',
	hasTag: (tag) => /^(?:1\.29-[1-4]|1\.36\.1-1|1\.37\.0-1)$/.test(tag),
	content: (tag) => content(tag.replace(/-\d$/, '')),
});
