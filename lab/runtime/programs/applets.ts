// Every tool by the package that brings it in Debian; busybox has those of `busyboxApplets`.
import { cat, tac, tee } from './cat.ts';
import { echo } from './echo.ts';
import { hostname } from './hostname.ts';
import { ls } from './ls.ts';
import { dig, nslookup } from './nslookup.ts';
import { sleep, timeout } from './sleep.ts';
import type { Tool } from './tool.ts';
import { wget } from './wget.ts';

/** Tools by Debian package. */
export const packages = {
	coreutils: [cat, tac, tee, echo, ls, sleep, timeout],
	hostname: [hostname],
	'bind9-dnsutils': [nslookup, dig],
} satisfies Record<string, readonly Tool[]>;

/** What busybox' binary holds. */
export const busyboxApplets: readonly Tool[] = [...packages.coreutils, hostname, nslookup, wget];
