// Whose words a tool speaks that the shells have as a builtin too: echo, printf, test, kill.
import type { Flavour } from './tool.ts';

/** GNU's executables, busybox (its shell runs its applets), dash or bash. */
export type Wording = 'gnu' | 'busybox' | 'dash' | 'bash';

export const wordingOf = (flavour: Flavour): Wording => (flavour === 'gnu' ? 'gnu' : 'busybox');
