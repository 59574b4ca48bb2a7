// LimitRanges (k8s.io/kubernetes/pkg/apis/core/validation, ValidateLimitRange).
import { compareQuantities, parseQuantity } from '../../schema/quantity.ts';
import type { LimitRange, LimitRangeItem } from '../../schema/types.ts';
import { duplicate, type FieldError, forbiddenField, invalidValue, required } from '../field-errors.ts';
import { validateResourceName } from './resource-name.ts';

type Quantities = Readonly<Record<string, string>>;

/** A container's default limit is its maximum, its default request the default limit, or else the minimum. */
export function setLimitRangeDefaults({ spec }: LimitRange): void {
	for (const item of spec?.limits ?? []) {
		if (item.type !== 'Container') continue;
		const limits = { ...item.max, ...item.default };
		const requests = { ...item.min, ...limits, ...item.defaultRequest };
		if (Object.keys(limits).length > 0) item.default = limits;
		if (Object.keys(requests).length > 0) item.defaultRequest = requests;
	}
}

export function validateLimitRange({ spec }: LimitRange): FieldError[] {
	const seen = new Set<string>();
	return (spec?.limits ?? []).flatMap((item, index) => {
		const field = `spec.limits[${index}]`;
		const errors: FieldError[] = item.type ? [] : [required(`${field}.type`)];
		if (seen.has(item.type)) errors.push(duplicate(`${field}.type`, item.type));
		seen.add(item.type);
		return [...errors, ...validateItem(item, field)];
	});
}

function validateItem(item: LimitRangeItem, field: string): FieldError[] {
	const errors: FieldError[] = [];
	const {
		min = {},
		max = {},
		default: limits = {},
		defaultRequest: requests = {},
		maxLimitRequestRatio = {},
	} = item;
	if (item.type === 'Pod') {
		const why = 'may not be specified when `type` is "Pod"';
		if (item.default) errors.push(forbiddenField(`${field}.default`, why));
		if (item.defaultRequest) errors.push(forbiddenField(`${field}.defaultRequest`, why));
	}
	if (item.type === 'PersistentVolumeClaim' && min.storage === undefined && max.storage === undefined)
		errors.push(
			required(
				`${field}.limits`,
				'either minimum or maximum storage value is required, but neither was provided',
			),
		);
	for (const name of new Set([max, min, limits, requests, maxLimitRequestRatio].flatMap(Object.keys))) {
		errors.push(...validateResourceName(name, `${field}.max[${name}]`));
		errors.push(...validateBounds(name, field, { min, max, limits, requests }));
		const ratio = amountOf(maxLimitRequestRatio, name);
		if (ratio === undefined) continue;
		const place = `${field}.maxLimitRequestRatio[${name}]`;
		if (parseQuantity(ratio).nanos < 1_000_000_000n)
			errors.push(invalidValue(place, ratio, `ratio ${ratio} is less than 1`));
	}
	return errors;
}

/** A resource may be called as something that every JavaScript object has. */
const amountOf = (quantities: Quantities, name: string): string | undefined =>
	Object.hasOwn(quantities, name) ? quantities[name] : undefined;

function validateBounds(
	name: string,
	field: string,
	bounds: { min: Quantities; max: Quantities; limits: Quantities; requests: Quantities },
): FieldError[] {
	const errors: FieldError[] = [];
	/** `large` may not be less than `small`. */
	const order = (part: string, told: string, small: [string, Quantities], large: [string, Quantities]) => {
		const [least, most] = [amountOf(small[1], name), amountOf(large[1], name)];
		if (least === undefined || most === undefined || compareQuantities(least, most) <= 0) return;
		errors.push(
			invalidValue(
				`${field}.${part}[${name}]`,
				told,
				`${small[0]} value ${least} is greater than ${large[0]} value ${most}`,
			),
		);
	};
	const { min, max, limits, requests } = bounds;
	order('min', min[name], ['min', min], ['max', max]);
	order('defaultRequest', requests[name], ['min', min], ['default request', requests]);
	order('defaultRequest', requests[name], ['default request', requests], ['max', max]);
	order('defaultRequest', requests[name], ['default request', requests], ['default limit', limits]);
	order('default', limits[name], ['min', min], ['default', limits]);
	order('default', limits[name], ['default', limits], ['max', max]);
	return errors;
}
