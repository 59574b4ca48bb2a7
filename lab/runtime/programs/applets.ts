// Every tool by the package that brings it in Debian; busybox has those of `busyboxApplets`.
import { chgrp, chmod, chown, stat, touch, truncate } from './attributes.ts';
import { awk } from './awk.ts';
import { cat, tac, tee } from './cat.ts';
import { base64, md5sum, sha1sum, sha256sum } from './checksums.ts';
import { cksum } from './cksum.ts';
import { cp, ln, mv } from './copy.ts';
import { curl } from './curl.ts';
import { cut, fold, nl, paste, rev, tr } from './cut.ts';
import { dd } from './dd.ts';
import { cmp, diff } from './diff.ts';
import { mkdir, rm, rmdir } from './directories.ts';
import { df, du, mount } from './disk.ts';
import { hexdump, od } from './dump.ts';
import { echo } from './echo.ts';
import { env, nohup, printenv, pwd, which } from './env.ts';
import { envsubst } from './envsubst.ts';
import { expr } from './expr.ts';
import { find } from './find.ts';
import { egrep, fgrep, grep } from './grep.ts';
import { gunzip, gzip, zcat } from './gzip.ts';
import { head, tail } from './head.ts';
import { hostname } from './hostname.ts';
import { ls } from './ls.ts';
import { nc, netstat, ping } from './nc.ts';
import { dig, nslookup } from './nslookup.ts';
import { less, more } from './pager.ts';
import { basename, dirname, mktemp, readlink, realpath } from './paths.ts';
import { perl } from './perl.ts';
import { printf } from './printf.ts';
import { kill, pgrep, pidof, pkill, ps } from './processes.ts';
import { sed } from './sed.ts';
import { clear, falseTool, seq, trueTool, watch, yes } from './seq.ts';
import { shuf } from './shuf.ts';
import { sleep, timeout } from './sleep.ts';
import { comm, sort, uniq } from './sort.ts';
import { stty, tty } from './stty.ts';
import { arch, date, free, id, nproc, uname, uptime, whoami } from './system.ts';
import { tar } from './tar.ts';
import { bracket, test } from './test.ts';
import type { Tool } from './tool.ts';
import { top } from './top.ts';
import { vi } from './vi/vi.ts';
import { wc } from './wc.ts';
import { wget } from './wget.ts';
import { xargs } from './xargs.ts';

/** Tools by Debian package. */
export const packages = {
	bsdextrautils: [hexdump, rev],
	coreutils: [
		arch,
		base64,
		basename,
		bracket,
		cat,
		chgrp,
		chmod,
		chown,
		cksum,
		comm,
		cp,
		cut,
		dd,
		expr,
		md5sum,
		od,
		sha1sum,
		sha256sum,
		date,
		df,
		dirname,
		du,
		echo,
		env,
		falseTool,
		fold,
		head,
		id,
		ln,
		ls,
		mkdir,
		mktemp,
		mv,
		nl,
		nohup,
		nproc,
		paste,
		printenv,
		printf,
		pwd,
		readlink,
		realpath,
		rm,
		rmdir,
		seq,
		shuf,
		sleep,
		sort,
		stat,
		stty,
		tac,
		tail,
		tee,
		test,
		timeout,
		touch,
		tr,
		trueTool,
		truncate,
		tty,
		uname,
		uniq,
		wc,
		whoami,
		yes,
	],
	curl: [curl],
	debianutils: [which],
	diffutils: [cmp, diff],
	'gettext-base': [envsubst],
	gzip: [gunzip, gzip, zcat],
	'iputils-ping': [ping],
	mawk: [awk],
	mount: [mount],
	'net-tools': [netstat],
	'netcat-openbsd': [nc],
	'perl-base': [perl],
	tar: [tar],
	findutils: [find, xargs],
	grep: [grep, egrep, fgrep],
	hostname: [hostname],
	'bind9-dnsutils': [nslookup, dig],
	'ncurses-bin': [clear],
	procps: [free, kill, pgrep, pidof, pkill, ps, top, uptime, watch],
	sed: [sed],
	'util-linux': [more],
} satisfies Record<string, readonly Tool[]>;

/** What busybox' binary holds. */
export const busyboxApplets: readonly Tool[] = [
	...packages.coreutils,
	rev,
	...packages.findutils,
	...packages.grep,
	...packages.procps,
	...packages.sed,
	...packages.diffutils,
	...packages.gzip,
	awk,
	clear,
	hexdump,
	hostname,
	less,
	more,
	mount,
	nc,
	netstat,
	ping,
	tar,
	nslookup,
	vi,
	wget,
	which,
];
