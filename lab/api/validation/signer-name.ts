// The name of who signs certificates.
import { type FieldError, invalidValue, required } from '../field-errors.ts';
import { dnsSubdomain } from './names.ts';

/** `domain/path`: the domain has a dot, the path is of subdomains. */
export function validateSigner(name: string, field: string): FieldError[] {
	if (!name) return [required(field)];
	const [domain, ...path] = name.split('/');
	if (path.length === 0)
		return [
			invalidValue(
				field,
				name,
				'must be a fully qualified domain and path of the form "example.com/signer-name"',
			),
		];
	const errors = dnsSubdomain(domain).map((fault) => invalidValue(field, domain, fault));
	if (errors.length === 0 && !domain.includes('.'))
		errors.push(
			invalidValue(field, domain, 'should be a domain with at least two segments separated by dots'),
		);
	for (const fault of dnsSubdomain(path.join('/'))) errors.push(invalidValue(field, path.join('/'), fault));
	return errors;
}
