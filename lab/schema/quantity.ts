// Quantities (`100m`, `1Gi`, `1e3`): parsing and the canonical form, after the documentation of
// k8s.io/apimachinery/pkg/api/resource.

export class QuantityError extends Error {}

const notQuantity =
	"quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

const binary = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const decimal = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const nano = 1_000_000_000n;

export interface Quantity {
	/** In billionths of the unit, rounded up. */
	readonly nanos: bigint;
	readonly format: 'binary' | 'decimal' | 'exponent';
}

/** Throws QuantityError in the server's words. */
export function parseQuantity(text: string): Quantity {
	const parts = /^([+-]?)([0-9]*)(?:\.([0-9]*))?([A-Za-z]*[-+]?[0-9]*)$/.exec(text);
	if (!parts || !(parts[2] || parts[3])) throw new QuantityError(notQuantity);
	const [, sign, whole, fraction = '', suffix] = parts;
	let multiplier = 1n;
	let exponent = 0;
	let format: Quantity['format'] = 'decimal';
	if (binary.indexOf(suffix) > 0) {
		multiplier = 1024n ** BigInt(binary.indexOf(suffix));
		format = 'binary';
	} else if (decimal.includes(suffix)) exponent = (decimal.indexOf(suffix) - 3) * 3;
	else {
		const scientific = /^[eE]([+-]?[0-9]{1,3})$/.exec(suffix);
		if (!scientific) throw new QuantityError("unable to parse quantity's suffix");
		exponent = Number(scientific[1]);
		format = 'exponent';
	}
	const scaled = BigInt(whole + fraction || '0') * multiplier * nano;
	const shift = exponent - fraction.length;
	let nanos: bigint;
	if (shift >= 0) nanos = scaled * 10n ** BigInt(shift);
	else {
		const divisor = 10n ** BigInt(-shift);
		nanos = (scaled + divisor - 1n) / divisor;
	}
	return { nanos: sign === '-' ? -nanos : nanos, format };
}

/** The canonical form: no fraction, and the largest suffix that allows that (`0.5` → `500m`, `1024Mi` → `1Gi`). */
export function canonicalQuantity(text: string): string {
	return formatQuantity(parseQuantity(text));
}

/** Likewise, of a quantity that has been reckoned with. */
export function formatQuantity({ nanos, format }: Quantity): string {
	if (nanos === 0n) return '0';
	const sign = nanos < 0n ? '-' : '';
	const size = nanos < 0n ? -nanos : nanos;
	if (format === 'binary' && size % nano === 0n && size / nano >= 1024n) {
		let value = size / nano;
		let step = 0;
		while (step < binary.length - 1 && value % 1024n === 0n) {
			value /= 1024n;
			step++;
		}
		return `${sign}${value}${binary[step]}`;
	}
	let value = size;
	let step = 0;
	while (step < decimal.length - 1 && value % 1000n === 0n) {
		value /= 1000n;
		step++;
	}
	if (format !== 'exponent' || step === 3) return `${sign}${value}${decimal[step]}`;
	return `${sign}${value}e${(step - 3) * 3}`;
}

/** The value as a number of the unit (cores, bytes), for reckoning. */
export function quantityValue(text: string): number {
	return Number(parseQuantity(text).nanos) / 1e9;
}

/** Negative, zero or positive, as `a` is less than, equal to or more than `b`. */
export function compareQuantities(a: string, b: string): number {
	const difference = parseQuantity(a).nanos - parseQuantity(b).nanos;
	return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** In the form of the first, unless that is zero. */
export function addQuantities(a: string, b: string): string {
	const [first, second] = [parseQuantity(a), parseQuantity(b)];
	const { format } = first.nanos === 0n ? second : first;
	return formatQuantity({ nanos: first.nanos + second.nanos, format });
}

/** In the form of the first. */
export function subtractQuantities(a: string, b: string): string {
	const first = parseQuantity(a);
	return formatQuantity({ nanos: first.nanos - parseQuantity(b).nanos, format: first.format });
}
