// Which Pod Security Standard a namespace's labels ask for, and whether a pod meets it
// (https://kubernetes.io/docs/concepts/security/pod-security-admission/).
import { type FieldError, invalidValue } from '../../field-errors.ts';
import { baseline } from './baseline.ts';
import type { PodTemplate, Violation } from './check.ts';
import { restricted } from './restricted.ts';

const levels = ['privileged', 'baseline', 'restricted'] as const;
export type Level = (typeof levels)[number];

/** The lab's own version, which `latest` means. */
const latest = 36;

export interface Standard {
	level: Level;
	/** `latest` or `v1.25`. */
	version: string;
}

export interface Policy {
	enforce: Standard;
	audit: Standard;
	warn: Standard;
}

export const shownStandard = ({ level, version }: Standard) => `${level}:${version}`;
export const strictness = (level: Level) => levels.indexOf(level);

const prefix = 'pod-security.kubernetes.io/';

/** The policy, and what is wrong with the labels. */
export function policyOf(labels: Readonly<Record<string, string>> = {}): {
	policy: Policy;
	errors: FieldError[];
} {
	const errors: FieldError[] = [];
	const wrong = (label: string, value: string, why: string) =>
		errors.push(invalidValue(`metadata.labels[${label}]`, value, why));
	const standardOf = (mode: keyof Policy, fallback: Level): Standard => {
		const standard: Standard = { level: 'privileged', version: 'latest' };
		const level = labels[prefix + mode];
		if (level !== undefined) {
			const known = levels.find((each) => each === level);
			if (!known) wrong(prefix + mode, level, `must be one of ${levels.join(', ')}`);
			standard.level = known ?? fallback;
		}
		const versionLabel = `${prefix}${mode}-version`;
		const version = labels[versionLabel];
		if (version === undefined) return standard;
		if (version === 'latest' || /^v1\.(\d|[1-9]\d+)$/.test(version)) standard.version = version;
		else wrong(versionLabel, version, 'must be "latest" or "v1.x"');
		return standard;
	};
	const enforce = standardOf('enforce', 'restricted');
	const audit = standardOf('audit', 'privileged');
	const warn = standardOf('warn', 'privileged');
	const enforced = levels.some((level) => level === labels[`${prefix}enforce`]);
	// What is enforced is warned of as well, so that whoever writes a Deployment learns of it.
	if (
		labels[`${prefix}warn`] === undefined &&
		enforced &&
		strictness(enforce.level) > strictness(warn.level)
	) {
		warn.level = enforce.level;
		if (labels[`${prefix}warn-version`] === undefined) warn.version = enforce.version;
	}
	return { policy: { enforce, audit, warn }, errors };
}

/** All that keeps a pod from meeting a standard, in the order in which it is told. */
export function violations({ level, version }: Standard, pod: PodTemplate): Violation[] {
	if (level === 'privileged') return [];
	const minor = version === 'latest' ? latest : Math.min(Number(version.slice('v1.'.length)), latest);
	const more = level === 'restricted' ? restricted.filter(({ since }) => minor >= since) : [];
	const overridden = new Set(more.flatMap(({ overrides = [] }) => overrides));
	const checks = [...baseline.filter(({ id, since }) => minor >= since && !overridden.has(id)), ...more];
	return checks.flatMap((check) => check.find(pod, minor) ?? []);
}

export const describeViolations = (found: readonly Violation[]) =>
	found.map(({ reason, detail }) => (detail ? `${reason} (${detail})` : reason)).join(', ');
