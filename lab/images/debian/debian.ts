// The official image `debian`: the base system of a release, without a package manager, since there is nothing
// outside the lab to install from.
import { type DebianRelease, debianTree } from '../bases/debian.ts';
import { createRepository, plainConfig } from '../repository.ts';

/** What tags call each release, without `-slim` behind it; dated snapshots are left out. */
const names: Readonly<Record<DebianRelease, RegExp>> = {
	13: /^(?:latest|stable|trixie|13(?:\.[0-2])?)$/,
	12: /^(?:oldstable|bookworm|12(?:\.(?:\d|1[0-2]))?)$/,
	11: /^(?:oldoldstable|bullseye|11(?:\.(?:\d|1[01]))?)$/,
	10: /^(?:buster|10(?:\.(?:\d|1[0-3]))?)$/,
};
const layers = new Map<DebianRelease, ReturnType<typeof debianTree>[]>();

function releaseOf(tag: string): DebianRelease | undefined {
	const name = tag.replace(/(.)-slim$/, '$1');
	if (tag === 'latest-slim') return undefined;
	return ([13, 12, 11, 10] as const).find((release) => names[release].test(name));
}

export const debian = createRepository({
	name: 'docker.io/library/debian',
	hasTag: (tag) => releaseOf(tag) !== undefined,
	content(tag) {
		const release = releaseOf(tag) ?? 13;
		const made = layers.get(release) ?? [debianTree({ release })];
		layers.set(release, made);
		return {
			config: { ...plainConfig, cmd: ['bash'] },
			layers: made,
			sizeBytes: tag.endsWith('-slim') ? 28_230_000 : 48_480_000,
		};
	},
});
