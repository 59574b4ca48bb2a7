// alpine/git: Alpine with git as its entry point.
import { git } from '../../runtime/programs/git.ts';
import { programOf } from '../../runtime/programs/tool.ts';
import { alpineTree, newestAlpine } from '../bases/alpine.ts';
import { createRepository, plainConfig } from '../repository.ts';

const layers = [
	alpineTree(newestAlpine, { usrBin: { git: { $program: programOf(git, 'gnu') } } }),
	{ git: {} },
];

export const alpineGit = createRepository({
	name: 'docker.io/alpine/git',
	hasTag: (tag) => /^(?:latest|user|v?2\.(?:2[4-9]|3\d|4\d)\.\d|1\.0\.\d{1,2})$/.test(tag),
	content: () => ({
		config: { ...plainConfig, entrypoint: ['git'], cmd: ['--help'], workingDir: '/git' },
		layers,
		sizeBytes: 33_820_000,
	}),
});
