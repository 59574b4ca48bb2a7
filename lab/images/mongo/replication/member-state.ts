// The states of a member of a replica set, with their numbers (MongoDB manual, Replica Set Member States).

export const memberStates = {
	STARTUP: 0,
	PRIMARY: 1,
	SECONDARY: 2,
	RECOVERING: 3,
	STARTUP2: 5,
	UNKNOWN: 6,
	ARBITER: 7,
	DOWN: 8,
	ROLLBACK: 9,
	REMOVED: 10,
} as const;

export type MemberState = keyof typeof memberStates;

/** The name of a state's number, as it comes in a heartbeat. */
export function memberStateOf(number: number): MemberState {
	return (
		(Object.keys(memberStates) as MemberState[]).find((name) => memberStates[name] === number) ?? 'UNKNOWN'
	);
}
