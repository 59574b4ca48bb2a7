// The parameters of a request's query, with what the server says to a wrong one.
import { badRequest, invalid } from '../errors.ts';
import { type FieldError, forbiddenField, invalidValue, notSupported } from '../field-errors.ts';
import type { ApiRequest } from '../http.ts';
import { longestFieldManager, validateFieldManager } from '../validation/field-manager.ts';

/** `true`, `1` and an empty value are true, as Kubernetes reads booleans of a query. */
export function booleanParameter(query: URLSearchParams, name: string): boolean {
	const value = query.get(name);
	return value !== null && value.toLowerCase() !== 'false' && value !== '0';
}

/** An integer; undefined where absent. Throws BadRequest. */
export function integerParameter(query: URLSearchParams, name: string): number | undefined {
	const value = query.get(name);
	if (value === null || value === '') return undefined;
	const fault = !/^[+-]?\d+$/.test(value)
		? 'invalid syntax'
		: Math.abs(Number(value)) >= 2 ** 63
			? 'value out of range'
			: undefined;
	if (fault) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: ${fault}`);
	return Number(value);
}

/** `dryRun=All`; anything else is Invalid. */
export function isDryRun(query: URLSearchParams, kind: string): boolean {
	const values = query.getAll('dryRun').filter(Boolean);
	const wrong = values.filter((value) => value !== 'All');
	if (wrong.length > 0)
		throw invalid({ group: 'meta.k8s.io', kind }, '', [notSupported('dryRun', values, ['All'])]);
	return values.length > 0;
}

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

export function fieldValidation(query: URLSearchParams, kind: string): FieldValidation {
	const value = query.get('fieldValidation') || 'Warn';
	if (value === 'Strict' || value === 'Warn' || value === 'Ignore') return value;
	throw invalid({ group: 'meta.k8s.io', kind }, '', [
		notSupported('fieldValidation', value, ['', 'Ignore', 'Strict', 'Warn']),
	]);
}

/** A resource version of a query: undefined where absent. Throws Invalid where it is not a number. */
export function resourceVersionParameter(query: URLSearchParams): number | undefined {
	const value = query.get('resourceVersion');
	if (value === null || value === '') return undefined;
	if (!/^\d+$/.test(value))
		throw invalid({ group: '', kind: 'ListOptions' }, '', [
			invalidValue(
				'resourceVersion',
				value,
				`strconv.ParseUint: parsing ${JSON.stringify(value)}: invalid syntax`,
			),
		]);
	return Number(value);
}

/** Who writes: the `fieldManager` of the query, or what the user agent begins with. Throws Invalid. */
export function fieldManager({ query, headers }: ApiRequest, kind: string): string {
	const given = query.get('fieldManager') ?? '';
	const errors = validateFieldManager(given, 'fieldManager');
	if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind }, '', errors);
	return given || (headers['user-agent'] ?? '').split('/')[0].slice(0, longestFieldManager) || 'unknown';
}

/** How resourceVersion, resourceVersionMatch and continue fit together. Throws Invalid. */
export function checkListOptions(query: URLSearchParams, watch: boolean): void {
	const match = query.get('resourceVersionMatch') ?? '';
	const sendsInitial = query.has('sendInitialEvents');
	const errors: FieldError[] = [];
	const forbid = (field: string, detail: string) => errors.push(forbiddenField(field, detail));
	const field = 'resourceVersionMatch';
	if (watch) {
		if (sendsInitial && match !== 'NotOlderThan')
			forbid(field, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan');
		if (match && !sendsInitial)
			forbid(field, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided');
		if (match && match !== 'NotOlderThan') errors.push(notSupported(field, match, ['NotOlderThan']));
	} else if (match) {
		if (!query.get('resourceVersion'))
			forbid(field, 'resourceVersionMatch is forbidden unless resourceVersion is provided');
		if (match !== 'Exact' && match !== 'NotOlderThan')
			errors.push(notSupported(field, match, ['Exact', 'NotOlderThan', '']));
		if (match === 'Exact' && query.get('resourceVersion') === '0')
			forbid(field, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
	}
	if (match && query.get('continue'))
		forbid(field, 'resourceVersionMatch is forbidden when continue is provided');
	if (!watch && sendsInitial) forbid('sendInitialEvents', 'sendInitialEvents is forbidden for list');
	if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors);
}
