// Conditions of a status: one of each type, with the time when it last turned over.
import { formatTime } from '../schema/time.ts';

export interface Condition {
	type: string;
	status: string;
	reason?: string;
	message?: string;
	lastTransitionTime?: string;
}

/** The conditions with one more, or with its earlier state replaced. `now` in milliseconds since 1970. */
export function withCondition<T extends Condition>(
	conditions: readonly T[] | undefined,
	condition: T,
	now: number,
): T[] {
	const earlier = conditionOf(conditions, condition.type);
	const same = earlier?.status === condition.status;
	if (earlier && same && earlier.reason === condition.reason) return [...(conditions ?? [])];
	const lastTransitionTime = same ? earlier?.lastTransitionTime : formatTime(now);
	return [...withoutCondition(conditions, condition.type), { ...condition, lastTransitionTime }];
}

export const withoutCondition = <T extends Condition>(
	conditions: readonly T[] | undefined,
	type: string,
): T[] => (conditions ?? []).filter((condition) => condition.type !== type);

export const conditionOf = <T extends Condition>(
	conditions: readonly T[] | undefined,
	type: string,
): T | undefined => conditions?.find((condition) => condition.type === type);
