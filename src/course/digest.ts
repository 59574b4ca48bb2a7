// Digests name a version of a step: a page that shows another one than the server has is told so.
import type { CommandStep, Step } from './manifest.ts';

/** JSON with sorted keys and no undefined fields, so that equal values give equal texts. */
function canonical(value: unknown): string {
	return JSON.stringify(value, (_key, field: unknown) =>
		field !== null && typeof field === 'object' && !Array.isArray(field)
			? Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)))
			: field,
	);
}

/** SHA-256 of a value's canonical JSON, base64url, the first 16 characters. */
export async function digest(value: unknown): Promise<string> {
	const bytes = new Uint8Array(
		await crypto.subtle.digest('SHA-256', new TextEncoder().encode(canonical(value))),
	);
	return btoa(String.fromCharCode(...bytes))
		.replaceAll('+', '-')
		.replaceAll('/', '_')
		.slice(0, 16);
}

/** The digest of what a step does: where it stands in its file and how it is solved do not matter. */
export function stepDigest(step: Step): Promise<string> {
	return digest({ ...step, digest: undefined, source: undefined, solution: undefined });
}

/** The digest of an exercise: of its steps' digests, and of what is done before it, as a digest as well. */
export function exerciseDigest(before: string, steps: readonly Step[]): Promise<string> {
	return digest([before, ...steps.map((step) => step.digest)]);
}

/** The digest of a check: of all its steps' digests, in order. */
export function checkDigest(steps: readonly CommandStep[]): Promise<string> {
	return digest(steps.map((step) => step.digest));
}
