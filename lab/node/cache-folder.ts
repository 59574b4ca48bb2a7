// Where the project keeps what it can make or fetch again.

import { homedir } from 'node:os';
import { join } from 'node:path';

/** A folder below `$XDG_CACHE_HOME/slidecar`, by default `~/.cache/slidecar` (XDG Base Directory Specification). */
export function cacheFolder(name: string): string {
	return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'slidecar', name);
}
