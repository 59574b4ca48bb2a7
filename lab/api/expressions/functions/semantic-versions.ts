// semver('1.2.3'): versions, in the order of Semantic Versioning 2.0.0.
import type { FunctionLibrary } from './functions.ts';

const identifier = '(?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)';
const pattern = new RegExp(
	`^(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)(?:-(${identifier}(?:\\.${identifier})*))?(?:\\+[0-9A-Za-z.-]+)?$`,
);

class VersionValue {
	readonly numbers: readonly bigint[];
	readonly preRelease: readonly string[];

	/** Throws where the text is no version. */
	constructor(text: string) {
		const found = pattern.exec(text);
		if (!found) throw new Error(text === '' ? 'Version string empty' : `No Major.Minor.Patch elements found`);
		this.numbers = found.slice(1, 4).map(BigInt);
		this.preRelease = found[4]?.split('.') ?? [];
	}

	compareTo(other: VersionValue): bigint {
		for (const [index, number] of this.numbers.entries())
			if (number !== other.numbers[index]) return number > other.numbers[index] ? 1n : -1n;
		const [mine, theirs] = [this.preRelease, other.preRelease];
		if (mine.length === 0 || theirs.length === 0)
			return BigInt(theirs.length - mine.length > 0 ? 1 : mine.length > 0 ? -1 : 0);
		for (const [index, part] of mine.entries()) {
			const against = theirs[index];
			if (against === undefined) return 1n;
			if (part === against) continue;
			const numeric = [part, against].map((each) => /^\d+$/.test(each));
			if (numeric[0] && numeric[1]) return BigInt(part) > BigInt(against) ? 1n : -1n;
			if (numeric[0] !== numeric[1]) return numeric[0] ? -1n : 1n;
			return part > against ? 1n : -1n;
		}
		return mine.length < theirs.length ? -1n : 0n;
	}
}

/** What people write for versions, as versions: without the v, with all three numbers, none with zeros before it. */
function normalized(text: string): string {
	const [, core, rest] = /^v?([\d.]*)(.*)$/.exec(text) ?? ['', '', text];
	const numbers = core.split('.').map((part) => part.replace(/^0+(?=\d)/, ''));
	while (numbers.length < 3) numbers.push('0');
	return numbers.join('.') + rest;
}

function isVersion(text: string): boolean {
	try {
		return new VersionValue(text) !== undefined;
	} catch {
		return false;
	}
}

type Two = [VersionValue, VersionValue];
const type = 'kubernetes.Semver';

export const semanticVersionFunctions: FunctionLibrary = {
	types: { [type]: { values: VersionValue, equals: (...[a, b]: Two) => a.compareTo(b) === 0n } },
	functions: () => ({
		[`semver(string): ${type}`]: (text: string) => new VersionValue(text),
		[`semver(string, bool): ${type}`]: (text: string, loose: boolean) =>
			new VersionValue(loose ? normalized(text) : text),
		'isSemver(string): bool': isVersion,
		'isSemver(string, bool): bool': (text: string, loose: boolean) =>
			isVersion(loose ? normalized(text) : text),
		[`${type}.isGreaterThan(${type}): bool`]: (...[a, b]: Two) => a.compareTo(b) > 0n,
		[`${type}.isLessThan(${type}): bool`]: (...[a, b]: Two) => a.compareTo(b) < 0n,
		[`${type}.compareTo(${type}): int`]: (...[a, b]: Two) => a.compareTo(b),
		[`${type}.major(): int`]: ({ numbers }: VersionValue) => numbers[0],
		[`${type}.minor(): int`]: ({ numbers }: VersionValue) => numbers[1],
		[`${type}.patch(): int`]: ({ numbers }: VersionValue) => numbers[2],
	}),
};
