// The multi-call binary: it is the applet that it is called as, or that its first argument names.
import type { Program } from '../process.ts';
import { busyboxApplets } from './applets.ts';
import { busyboxBanner, type Flavour, lastPart, runTool, type Tool } from './tool.ts';

const intro = (release: string) => `${busyboxBanner(release)}
BusyBox is copyrighted by many authors between 1998-2015.
Licensed under GPLv2. See source distribution for detailed
copyright notices.

Usage: busybox [function [arguments]...]
   or: busybox --list[-full]
   or: function [arguments]...

	BusyBox is a multi-call binary that combines many common Unix
	utilities into a single executable.  Most people will create a
	link to busybox for each function they wish to use and BusyBox
	will act like whatever it was invoked as.

Currently defined functions:
`;

/** Names in lines of at most 80 columns, as busybox lists its functions. */
function listed(names: readonly string[]): string {
	const lines: string[] = [];
	let line = '\t';
	for (const name of names) {
		if (line.length + name.length + 9 > 80) {
			lines.push(line.trimEnd());
			line = '\t';
		}
		line += `${name}, `;
	}
	lines.push(line.replace(/, $/, ''));
	return `${lines.join('\n')}\n`;
}

/** A busybox of a release, on glibc or musl, with the shell that it is built with (its `sh` and `ash`). */
export function createBusybox(
	flavour: Flavour,
	release: string,
	sh: Program,
): { program: Program; applets: readonly string[] } {
	const tools = new Map<string, Tool>(busyboxApplets.map((tool) => [tool.name, tool]));
	const shells = ['sh', 'ash'];
	const applets = [...tools.keys(), ...shells].sort();

	const program: Program = async (process) => {
		const run = (name: string, args: readonly string[]) => {
			const tool = tools.get(name);
			return tool && runTool(tool, flavour, process, args, release);
		};
		const called = lastPart(process.argv[0] ?? '').replace(/^-/, '');
		if (shells.includes(called)) return sh(process);
		if (called !== 'busybox') {
			const code = run(called, process.argv.slice(1));
			if (code) return code;
			await process.write(2, `${called}: applet not found\n`);
			return 127;
		}
		const [name, ...args] = process.argv.slice(1);
		if (name === undefined || name === '--help') {
			await process.write(1, `${intro(release)}${listed(applets)}`);
			return 0;
		}
		if (name === '--list' || name === '--list-full') {
			const prefix = name === '--list-full' ? 'bin/' : '';
			await process.write(1, applets.map((applet) => `${prefix}${applet}\n`).join(''));
			return 0;
		}
		if (shells.includes(name)) return process.exec([`/bin/${name}`, ...args]);
		const code = run(name, args);
		if (code) return code;
		await process.write(2, `${name}: applet not found\n`);
		return 127;
	};
	return { program, applets };
}
