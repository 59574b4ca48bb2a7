// The file tree of Alpine Linux: busybox on musl, and what its small packages add.
import { publicAuthority } from '../../network/certificates.ts';
import type { FileTree } from '../../runtime/files.ts';
import { createBusybox } from '../../runtime/programs/busybox.ts';
import { ashProgram } from '../../runtime/shell/main.ts';
import { type Account, accountFiles } from './accounts.ts';
import { commonFolders } from './folders.ts';

const accounts: Account[] = [
	{ name: 'root', id: 0, home: '/root', shell: '/bin/sh' },
	{ name: 'bin', id: 1, home: '/bin', shell: '/sbin/nologin' },
	{ name: 'daemon', id: 2, home: '/sbin', shell: '/sbin/nologin' },
	{ name: 'adm', id: 3, group: 4, home: '/var/adm', shell: '/sbin/nologin' },
	{ name: 'nobody', id: 65534, home: '/', shell: '/sbin/nologin' },
];
const groups = { sys: 3, adm: 4, tty: 5, disk: 6, wheel: 10, users: 100 };
/** The busybox of each line of Alpine. */
const busyboxReleases: Readonly<Record<string, string>> = {
	'3.6': '1.26.2',
	'3.7': '1.27.2',
	'3.8': '1.28.4',
	'3.9': '1.29.3',
	'3.10': '1.30.1',
	'3.11': '1.31.1',
	'3.12': '1.31.1',
	'3.13': '1.32.1',
	'3.14': '1.33.1',
	'3.15': '1.34.1',
	'3.16': '1.35.0',
	'3.17': '1.35.0',
	'3.18': '1.36.1',
	'3.19': '1.36.1',
	'3.20': '1.36.1',
	'3.21': '1.37.0',
	'3.22': '1.37.0',
};

/** Applets that Alpine links outside /bin. */
const inUsrBin = new Set(
	'awk basename clear cut diff dirname du env expr find free head hexdump id less md5sum mkfifo nc nohup nproc nslookup od pgrep pkill printf readlink realpath seq sha1sum sha256sum sort tail tee test timeout top tr tty uniq uptime wc wget which whoami xargs yes'.split(
		' ',
	),
);

/** `release` is as `3.20.6`. */
export function alpineTree(
	release: string,
	added: { accounts?: readonly Account[]; usrBin?: FileTree } = {},
): FileTree {
	const line = release.split('.').slice(0, 2).join('.');
	const busybox = createBusybox('musl', busyboxReleases[line], ashProgram);
	const link = { $link: '/bin/busybox' };
	const links = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, link]));
	return {
		...commonFolders(),
		bin: {
			busybox: { $program: busybox.program },
			...links(busybox.applets.filter((name) => !inUsrBin.has(name))),
		},
		etc: {
			...accountFiles([...accounts, ...(added.accounts ?? [])], groups),
			'alpine-release': `${release}\n`,
			ssl: {
				certs: { 'ca-certificates.crt': publicAuthority },
				'cert.pem': { $link: 'certs/ca-certificates.crt' },
			},
			issue: `Welcome to Alpine Linux ${line}\nKernel \\r on an \\m (\\l)\n\n`,
			'os-release': `NAME="Alpine Linux"\nID=alpine\nVERSION_ID=${release}\nPRETTY_NAME="Alpine Linux v${line}"\nHOME_URL="https://alpinelinux.org/"\n`,
			profile: 'export PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"\n',
			shells: '/bin/sh\n/bin/ash\n',
		},
		lib: {},
		media: {},
		mnt: {},
		opt: {},
		sbin: {},
		srv: {},
		usr: {
			bin: { ...links(busybox.applets.filter((name) => inUsrBin.has(name))), ...added.usrBin },
			lib: {},
			local: { bin: {}, sbin: {}, lib: {}, share: {} },
			sbin: {},
			share: {},
		},
	};
}

/** The last patch release of each line of Alpine. */
export const alpineLines: Readonly<Record<string, number>> = {
	'3.6': 5,
	'3.7': 3,
	'3.8': 5,
	'3.9': 6,
	'3.10': 9,
	'3.11': 13,
	'3.12': 12,
	'3.13': 12,
	'3.14': 10,
	'3.15': 11,
	'3.16': 9,
	'3.17': 10,
	'3.18': 12,
	'3.19': 9,
	'3.20': 8,
	'3.21': 5,
	'3.22': 2,
};
export const newestAlpine = '3.22.2';
