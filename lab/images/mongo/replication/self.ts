// Which member of a configuration this process is.
import type { Process } from '../../../runtime/process.ts';
import { resolveHost, UnknownHost } from '../../../runtime/programs/http-client.ts';
import type { MemberConfiguration } from './configuration.ts';
import { splitHost } from './links.ts';

/** The member whose name leads to this pod and port. */
export async function findSelf(
	process: Process,
	port: number,
	members: readonly MemberConfiguration[],
): Promise<MemberConfiguration | undefined> {
	for (const member of members) {
		const [name, memberPort] = splitHost(member.host);
		if (memberPort !== port) continue;
		try {
			const addresses = await resolveHost(process, name);
			if (addresses.some((address) => address === process.network.ip || address.startsWith('127.')))
				return member;
		} catch (error) {
			if (!(error instanceof UnknownHost)) throw error;
		}
	}
	return undefined;
}
