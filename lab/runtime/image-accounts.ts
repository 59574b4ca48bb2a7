// What a container's /etc/passwd and /etc/group say of the user that it is started as (passwd(5), group(5)).
import type { FileView } from './file-view.ts';

/** Where nothing is said, the user is in root's group, and its home is the root directory. */
export function accountOf(root: FileView, uid: number): { home: string; gid: number; groups: number[] } {
	const entries = (path: string) =>
		root.exists(path)
			? root
					.readText(path)
					.split('\n')
					.map((line) => line.split(':'))
			: [];
	const users = entries('/etc/passwd');
	const own = users.find((fields) => fields[2] === String(uid));
	const groups = own ? entries('/etc/group').filter((fields) => fields[3]?.split(',').includes(own[0])) : [];
	return {
		home: own?.[5] || (uid === 0 && users.length === 0 ? '/root' : '/'),
		gid: Number(own?.[3] ?? 0),
		groups: groups.map((fields) => Number(fields[2])),
	};
}
