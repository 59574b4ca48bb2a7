// What columns of several kinds have in common: names, ages, lists.
import type { KubernetesObject, LabelSelector, PodTemplateSpec } from '../../schema/types.ts';
import type { Column } from '../registry.ts';
import { formatLabelSelector } from '../selectors/label-selector.ts';

export const nameColumn: Column<KubernetesObject> = {
	name: 'Name',
	type: 'string',
	format: 'name',
	cell: (object) => object.metadata.name,
};

export const ageColumn: Column<KubernetesObject> = {
	name: 'Age',
	type: 'string',
	cell: (object, now) => age(object.metadata.creationTimestamp, now),
};

export const createdAtColumn: Column<KubernetesObject> = {
	name: 'Created At',
	type: 'date',
	cell: (object) => object.metadata.creationTimestamp,
};

/** How long ago a time was, as kubectl shows it (k8s.io/apimachinery/pkg/util/duration). */
export function age(time: string | null | undefined, now: number): string {
	if (!time) return '<unknown>';
	return humanDuration(now - Date.parse(time));
}

/** Two units at most, the second only while it tells something: `5m3s`, `15m`, `3h5m`, `2d4h`, `3y`. */
export function humanDuration(milliseconds: number): string {
	const seconds = Math.floor(milliseconds / 1000);
	if (seconds < -1) return '<invalid>';
	if (seconds < 0) return '0s';
	if (seconds < 120) return `${seconds}s`;
	const minutes = Math.floor(seconds / 60);
	if (minutes < 10) return two(minutes, 'm', seconds % 60, 's');
	if (minutes < 180) return `${minutes}m`;
	const hours = Math.floor(minutes / 60);
	if (hours < 8) return two(hours, 'h', minutes % 60, 'm');
	if (hours < 48) return `${hours}h`;
	const days = Math.floor(hours / 24);
	if (hours < 192) return two(days, 'd', hours % 24, 'h');
	if (days < 730) return `${days}d`;
	const years = Math.floor(days / 365);
	return hours < 8 * 365 * 24 ? two(years, 'y', days % 365, 'd') : `${years}y`;
}

const two = (large: number, largeUnit: string, small: number, smallUnit: string) =>
	small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit}${small}${smallUnit}`;

/** Labels as a selector shows them; `<none>` where there are none. */
export function shownLabels(labels: Record<string, string> | undefined): string {
	const pairs = Object.keys(labels ?? {})
		.sort()
		.map((key) => `${key}=${labels?.[key]}`);
	return pairs.join(',') || '<none>';
}

export const listed = (parts: readonly string[]) => parts.join(',') || '<none>';

/** The wide columns of what makes pods: their containers and images. */
export function containerColumns<T>(templateOf: (object: T) => PodTemplateSpec | undefined): Column<T>[] {
	const containers = (object: T) => templateOf(object)?.spec?.containers ?? [];
	return [
		{
			name: 'Containers',
			type: 'string',
			priority: 1,
			cell: (object) => listed(containers(object).map(({ name }) => name)),
		},
		{
			name: 'Images',
			type: 'string',
			priority: 1,
			cell: (object) => listed(containers(object).map(({ image }) => image ?? '')),
		},
	];
}

/** The wide column of what selects pods. */
export function selectorColumn<T>(selectorOf: (object: T) => LabelSelector | undefined): Column<T> {
	return {
		name: 'Selector',
		type: 'string',
		priority: 1,
		cell: (object) => formatLabelSelector(selectorOf(object)) || '<none>',
	};
}
