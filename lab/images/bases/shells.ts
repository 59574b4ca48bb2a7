import type { Program } from '../../runtime/process.ts';

// Replaced by the shell's programs as soon as they are there.
const missing: Program = async (process) => {
	await process.write(2, 'sh: the shell is not built yet\n');
	return 127;
};
export const ash = missing;
export const bash = missing;
export const dash = missing;
