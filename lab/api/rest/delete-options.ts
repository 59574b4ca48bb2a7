// How a deletion is asked for: DeleteOptions, in the body or in the query
// (k8s.io/apimachinery/pkg/apis/meta/v1/validation).
import { structType } from '../../schema/facts.ts';
import type { DeleteOptions } from '../client.ts';
import { invalid } from '../errors.ts';
import { type FieldError, invalidValue, notSupported } from '../field-errors.ts';
import type { ApiRequest } from '../http.ts';
import { readOptions } from './body.ts';
import { booleanParameter, integerParameter } from './query.ts';

/** As clients write them. */
interface WrittenDeleteOptions extends DeleteOptions {
	/** The older way to say the propagation policy. */
	orphanDependents?: boolean;
	dryRun?: string[];
}

const deleteOptions = structType('io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions');

/** The options of the body, or where there is none those of the query. Throws BadRequest and Invalid. */
export function readDeleteOptions(request: ApiRequest): { options: DeleteOptions; dryRun: boolean } {
	const written: WrittenDeleteOptions = request.body?.length
		? readOptions(request, deleteOptions)
		: optionsOf(request.query);
	const errors = validate(written);
	if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', errors);
	const { orphanDependents, dryRun = [], ...options } = written;
	if (orphanDependents !== undefined) options.propagationPolicy = orphanDependents ? 'Orphan' : 'Background';
	if ((options.gracePeriodSeconds ?? 0) < 0) options.gracePeriodSeconds = 1;
	return { options, dryRun: dryRun.length > 0 };
}

function optionsOf(query: URLSearchParams): WrittenDeleteOptions {
	const seconds = integerParameter(query, 'gracePeriodSeconds');
	const policy = query.get('propagationPolicy') as DeleteOptions['propagationPolicy'] | null;
	return {
		...(seconds !== undefined && { gracePeriodSeconds: seconds }),
		...(policy && { propagationPolicy: policy }),
		...(query.has('orphanDependents') && { orphanDependents: booleanParameter(query, 'orphanDependents') }),
		dryRun: query.getAll('dryRun').filter(Boolean),
	};
}

const propagationPolicies = ['Foreground', 'Background', 'Orphan'];

function validate({
	orphanDependents,
	propagationPolicy: policy,
	dryRun = [],
}: WrittenDeleteOptions): FieldError[] {
	const errors: FieldError[] = [];
	if (orphanDependents !== undefined && policy !== undefined)
		errors.push(
			invalidValue(
				'propagationPolicy',
				policy,
				'orphanDependents and deletionPropagation cannot be both set',
			),
		);
	if (policy !== undefined && !propagationPolicies.includes(policy))
		errors.push(notSupported('propagationPolicy', policy, [...propagationPolicies, 'nil']));
	if (dryRun.some((value) => value !== 'All')) errors.push(notSupported('dryRun', dryRun, ['All']));
	return errors;
}
