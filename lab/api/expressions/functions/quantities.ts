// quantity('1Gi'): amounts of resources, compared and reckoned with.
import { parseQuantity, type Quantity, QuantityError } from '../../../schema/quantity.ts';
import type { FunctionLibrary } from './functions.ts';

const nano = 1_000_000_000n;

class QuantityValue {
	readonly nanos: bigint;
	readonly format: Quantity['format'];

	constructor({ nanos, format }: Quantity) {
		this.nanos = nanos;
		this.format = format;
	}

	get isInteger(): boolean {
		const whole = this.nanos / nano;
		return this.nanos % nano === 0n && BigInt.asIntN(64, whole) === whole;
	}

	plus(other: bigint): QuantityValue {
		return new QuantityValue({ nanos: this.nanos + other, format: this.format });
	}
}

function isQuantity(text: string): boolean {
	try {
		parseQuantity(text);
		return true;
	} catch (error) {
		if (error instanceof QuantityError) return false;
		throw error;
	}
}

function asInteger(quantity: QuantityValue): bigint {
	if (!quantity.isInteger) throw new Error('cannot convert value to integer');
	return quantity.nanos / nano;
}

type Two = [QuantityValue, QuantityValue];
const type = 'kubernetes.Quantity';

export const quantityFunctions: FunctionLibrary = {
	types: { [type]: { values: QuantityValue, equals: (...[a, b]: Two) => a.nanos === b.nanos } },
	functions: () => ({
		[`quantity(string): ${type}`]: (text: string) => new QuantityValue(parseQuantity(text)),
		'isQuantity(string): bool': isQuantity,
		[`${type}.sign(): int`]: ({ nanos }: QuantityValue) => (nanos > 0n ? 1n : nanos < 0n ? -1n : 0n),
		[`${type}.isGreaterThan(${type}): bool`]: (...[a, b]: Two) => a.nanos > b.nanos,
		[`${type}.isLessThan(${type}): bool`]: (...[a, b]: Two) => a.nanos < b.nanos,
		[`${type}.compareTo(${type}): int`]: (...[a, b]: Two) =>
			a.nanos > b.nanos ? 1n : a.nanos < b.nanos ? -1n : 0n,
		[`${type}.asApproximateFloat(): double`]: ({ nanos }: QuantityValue) => Number(nanos) / 1e9,
		[`${type}.asInteger(): int`]: asInteger,
		[`${type}.isInteger(): bool`]: ({ isInteger }: QuantityValue) => isInteger,
		[`${type}.add(${type}): ${type}`]: (...[a, b]: Two) => a.plus(b.nanos),
		[`${type}.add(int): ${type}`]: (a: QuantityValue, b: bigint) => a.plus(b * nano),
		[`${type}.sub(${type}): ${type}`]: (...[a, b]: Two) => a.plus(-b.nanos),
		[`${type}.sub(int): ${type}`]: (a: QuantityValue, b: bigint) => a.plus(-b * nano),
	}),
};
