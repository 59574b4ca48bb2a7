// The official image `debian`: the base system of Debian 12, whatever release the tag names.
import { debianTree } from '../bases/debian.ts';
import { createRepository, plainConfig } from '../repository.ts';

const layers = [debianTree()];
const names = [
	'latest',
	'stable',
	'stable-slim',
	'bookworm',
	'bookworm-slim',
	'12',
	'12-slim',
	'12.10',
	'12.11',
	'12.12',
	'bullseye',
	'bullseye-slim',
	'11',
	'11-slim',
	'trixie',
	'trixie-slim',
	'13',
	'13-slim',
];

export const debian = createRepository({
	name: 'docker.io/library/debian',
	hasTag: (tag) => names.includes(tag),
	content: (tag) => ({
		config: { ...plainConfig, cmd: ['bash'] },
		layers,
		sizeBytes: tag.endsWith('-slim') ? 28_230_000 : 48_480_000,
	}),
});
