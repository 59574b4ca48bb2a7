// IP addresses as fields hold them.
import { type FieldError, invalidValue } from '../field-errors.ts';

const octet = '(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const ipv4 = new RegExp(`^${octet}(\\.${octet}){3}$`);

export const isIpv4 = (text: string) => ipv4.test(text);

/** RFC 4291, section 2.2: eight groups of hex digits, `::` for a run of zeros. */
export function isIpv6(text: string): boolean {
	const halves = text.split('::');
	if (halves.length > 2) return false;
	const groups = halves.flatMap((half) => (half ? half.split(':') : []));
	const last = groups.at(-1);
	const width = last && isIpv4(last) ? groups.length + 1 : groups.length;
	const hex = last && isIpv4(last) ? groups.slice(0, -1) : groups;
	if (!hex.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
	return halves.length === 2 ? width < 8 : width === 8;
}

const notAnAddress = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';

export function validateIp(text: string, field: string): FieldError[] {
	return isIpv4(text) || isIpv6(text) ? [] : [invalidValue(field, text, notAnAddress)];
}

/** An endpoint may not be this host, or a link of it. */
export function validateEndpointIp(text: string, field: string): FieldError[] {
	const errors = validateIp(text, field);
	if (errors.length > 0) return errors;
	if (text === '0.0.0.0' || text === '::')
		errors.push(invalidValue(field, text, `may not be unspecified (${text})`));
	if (text.startsWith('127.') || text === '::1')
		errors.push(invalidValue(field, text, 'may not be in the loopback range (127.0.0.0/8, ::1/128)'));
	if (text.startsWith('169.254.'))
		errors.push(invalidValue(field, text, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'));
	return errors;
}
