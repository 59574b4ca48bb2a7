// How a Scale is printed, whatever it is the scale of.
import type { Scale } from '../../schema/types.ts';
import type { Column } from '../registry.ts';
import { ageColumn, nameColumn } from './columns.ts';

export const scaleColumns: readonly Column<Scale>[] = [
	nameColumn,
	{ name: 'Desired', type: 'integer', cell: ({ spec }) => spec?.replicas ?? 0 },
	{ name: 'Available', type: 'integer', cell: ({ status }) => status?.replicas ?? 0 },
	ageColumn,
];
