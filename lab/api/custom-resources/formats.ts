// The formats of strings that a schema may ask for; others are not looked at, as in Kubernetes.
const ipv4 = /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/;
const uuid = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const host = /^[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?(\.[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)*$/;

function isIpv6(text: string): boolean {
	if (!text.includes(':')) return false;
	try {
		return new URL(`http://[${text}]/`).hostname.length > 0;
	} catch {
		return false;
	}
}

function isUri(text: string): boolean {
	try {
		return new URL(text).protocol.length > 0;
	} catch {
		return text.startsWith('/');
	}
}

function isDate(text: string): boolean {
	const found = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
	if (!found) return false;
	const date = new Date(`${text}T00:00:00Z`);
	return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

const isCidr = (text: string) => {
	const [address, bits, ...more] = text.split('/');
	if (more.length > 0 || !/^\d{1,3}$/.test(bits ?? '')) return false;
	return (ipv4.test(address) && Number(bits) <= 32) || (isIpv6(address) && Number(bits) <= 128);
};

const formats: Readonly<Record<string, (text: string) => boolean>> = {
	date: isDate,
	'date-time': (text) =>
		/^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.test(text) &&
		!Number.isNaN(Date.parse(text)),
	datetime: (text) => !Number.isNaN(Date.parse(text)),
	duration: (text) => /^[-+]?((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h|d|w))+$|^0$/.test(text),
	email: (text) => /^[^\s@<>]+@[^\s@<>]+$/.test(text),
	hostname: (text) => text.length <= 255 && host.test(text),
	ipv4: (text) => ipv4.test(text),
	ipv6: isIpv6,
	cidr: isCidr,
	mac: (text) => /^([0-9a-f]{2}[:-]){5}([0-9a-f]{2})$/i.test(text),
	uri: isUri,
	uuid: (text) => uuid.test(text),
	uuid3: (text) => uuid.test(text) && text.replaceAll('-', '')[12] === '3',
	uuid4: (text) => uuid.test(text) && text.replaceAll('-', '')[12] === '4',
	uuid5: (text) => uuid.test(text) && text.replaceAll('-', '')[12] === '5',
	byte: (text) => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text),
	hexcolor: (text) => /^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/.test(text),
};

/** Whether a string has a format; true where the format is none that is known. */
export const hasFormat = (text: string, format: string): boolean =>
	!Object.hasOwn(formats, format) || formats[format](text);
