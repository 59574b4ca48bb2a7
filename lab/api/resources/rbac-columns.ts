// What is shown of bindings: the role, and with `-o wide` whom it is given to.
import type { ClusterRoleBinding, RoleBinding, Subject } from '../../schema/types.ts';
import type { Column } from '../registry.ts';
import { ageColumn, nameColumn } from './columns.ts';

type Binding = RoleBinding | ClusterRoleBinding;

const subjectsColumn = (
	name: string,
	kind: string,
	shown: (subject: Subject) => string,
): Column<Binding> => ({
	name,
	type: 'string',
	priority: 1,
	cell: ({ subjects = [] }) =>
		subjects
			.filter((subject) => subject.kind === kind)
			.map(shown)
			.join(', '),
});

export const bindingColumns: readonly Column<Binding>[] = [
	nameColumn,
	{ name: 'Role', type: 'string', cell: ({ roleRef }) => `${roleRef.kind}/${roleRef.name}` },
	ageColumn,
	subjectsColumn('Users', 'User', ({ name }) => name),
	subjectsColumn('Groups', 'Group', ({ name }) => name),
	subjectsColumn('ServiceAccounts', 'ServiceAccount', ({ namespace, name }) => `${namespace ?? ''}/${name}`),
];
