// The file tree of Debian's slim images: merged /usr, bash and dash, and the tools of its packages. The releases
// differ in their names and versions only.
import type { FileTree } from '../../runtime/files.ts';
import type { Program } from '../../runtime/process.ts';
import { packages } from '../../runtime/programs/applets.ts';
import { programOf } from '../../runtime/programs/tool.ts';
import { bashProgram, dashProgram } from '../../runtime/shell/main.ts';
import { type Account, accountFiles } from './accounts.ts';
import { commonFolders } from './folders.ts';

/** The packages of the slim image. */
const essential = [
	'bsdextrautils',
	'coreutils',
	'debianutils',
	'diffutils',
	'findutils',
	'grep',
	'gzip',
	'hostname',
	'mawk',
	'mount',
	'ncurses-bin',
	'perl-base',
	'sed',
	'tar',
	'util-linux',
] as const;

const accounts: Account[] = [
	{ name: 'root', id: 0, home: '/root', shell: '/bin/bash' },
	{ name: 'daemon', id: 1, home: '/usr/sbin' },
	{ name: 'bin', id: 2, home: '/bin' },
	{ name: 'sys', id: 3, home: '/dev' },
	{ name: 'mail', id: 8, home: '/var/mail' },
	{ name: 'www-data', id: 33, home: '/var/www' },
	{ name: 'nobody', id: 65534, home: '/nonexistent' },
];
const groups = { adm: 4, tty: 5, disk: 6, audio: 29, utmp: 43, video: 44, staff: 50, users: 100 };

const releases = {
	10: { version: '10.13', name: 'buster' },
	11: { version: '11.11', name: 'bullseye' },
	12: { version: '12.12', name: 'bookworm' },
	13: { version: '13.2', name: 'trixie' },
} as const;
export type DebianRelease = keyof typeof releases;

const osRelease = (
	release: DebianRelease,
) => `PRETTY_NAME="Debian GNU/Linux ${release} (${releases[release].name})"
NAME="Debian GNU/Linux"
VERSION_ID="${release}"
VERSION="${release} (${releases[release].name})"
VERSION_CODENAME=${releases[release].name}
ID=debian
HOME_URL="https://www.debian.org/"
SUPPORT_URL="https://www.debian.org/support"
BUG_REPORT_URL="https://bugs.debian.org/"
`;

/** Executables of packages, for /usr/bin. */
export function executables(names: readonly (keyof typeof packages)[]): FileTree {
	return Object.fromEntries(
		names.flatMap((name) => packages[name].map((tool) => [tool.name, { $program: programOf(tool, 'gnu') }])),
	);
}

/** Programs by name as entries of a tree. */
export function programs(entries: Record<string, Program>): FileTree {
	return Object.fromEntries(Object.entries(entries).map(([name, program]) => [name, { $program: program }]));
}

/** What an image adds to the base: accounts go into one file, so they are named here. */
export function debianTree(added: { accounts?: readonly Account[]; release?: DebianRelease } = {}): FileTree {
	const { release = 12 } = added;
	return {
		...commonFolders(),
		bin: { $link: 'usr/bin' },
		boot: {},
		etc: {
			...accountFiles([...accounts, ...(added.accounts ?? [])], groups),
			'bash.bashrc': "# System-wide .bashrc file for interactive bash(1) shells.\nPS1='\\u@\\h:\\w\\$ '\n",
			debian_version: `${releases[release].version}\n`,
			'host.conf': 'multi on\n',
			issue: `Debian GNU/Linux ${release} \\n \\l\n\n`,
			'nsswitch.conf': 'passwd:         files\ngroup:          files\nhosts:          files dns\n',
			'os-release': osRelease(release),
			profile: '# /etc/profile: system-wide .profile file for the Bourne shell\n',
			shells: '/bin/sh\n/bin/bash\n/bin/dash\n',
		},
		lib: { $link: 'usr/lib' },
		media: {},
		mnt: {},
		opt: {},
		root: { $directory: { '.profile': '', '.bashrc': '' }, mode: 0o700 },
		sbin: { $link: 'usr/sbin' },
		srv: {},
		usr: {
			bin: {
				...executables(essential),
				...programs({ bash: bashProgram, dash: dashProgram }),
				sh: { $link: 'dash' },
			},
			lib: { 'os-release': osRelease(release) },
			local: { bin: {}, sbin: {}, lib: {}, share: {} },
			sbin: {},
			share: {},
		},
	};
}
