// Times as the API writes them: RFC 3339 in UTC, to the second (Time) or the microsecond (MicroTime).

/** `2026-01-01T00:00:00Z`, from milliseconds since 1970. */
export function formatTime(at: number): string {
	return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

/** `2026-01-01T00:00:00.000000Z`. */
export function formatMicroTime(at: number): string {
	return `${new Date(at).toISOString().slice(0, 23)}000Z`;
}

/** Milliseconds since 1970; undefined for an absent or malformed time. */
export function parseTime(time: string | undefined): number | undefined {
	const at = time === undefined ? Number.NaN : Date.parse(time);
	return Number.isNaN(at) ? undefined : at;
}
