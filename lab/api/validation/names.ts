// What a name may be, and what is said of one that is not (k8s.io/apimachinery/pkg/util/validation).
// Each rule takes a value and gives the faults found, none where it is right.

export type NameRule = (name: string) => string[];

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = `${label}(\\.${label})*`;
const qualified = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const configKey = '[-._a-zA-Z0-9]+';

const length = (text: string) => new TextEncoder().encode(text).length;

/** "… (e.g. 'a',  or 'b', regex used for validation is '…')", spaces as the server writes them. */
function explained(rule: string, regex: string, ...examples: string[]): string {
	const shown = examples.map((example) => `'${example}', `).join(' or ');
	return examples.length
		? `${rule} (e.g. ${shown}regex used for validation is '${regex}')`
		: `${rule} (regex used for validation is '${regex}')`;
}

const tooManyCharacters = (limit: number) => `must be no more than ${limit} characters`;

function matching(regex: string, limit: number, rule: string, ...examples: string[]): NameRule {
	const pattern = new RegExp(`^(?:${regex})$`);
	return (name) => [
		...(length(name) > limit ? [tooManyCharacters(limit)] : []),
		...(pattern.test(name) ? [] : [explained(rule, regex, ...examples)]),
	];
}

/** RFC 1123 label: a container's name, a namespace, and since 1.36 a service. */
export const dnsLabel = matching(
	label,
	63,
	"a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
	'my-name',
	'123-abc',
);

/** A DNS-1035 label, which begins with a letter: what a custom resource goes by. */
export const dns1035Label = matching(
	'[a-z]([-a-z0-9]*[a-z0-9])?',
	63,
	"a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
	'my-name',
	'abc-123',
);

/** RFC 1123 subdomain: most objects' names. */
export const dnsSubdomain = matching(
	subdomain,
	253,
	"a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
	'example.com',
);

const underscored = '[a-z0-9_]([-_a-z0-9]*[a-z0-9_])?';

/** A domain that may have underscores, as names of DNS searches do. */
export const underscoredSubdomain = matching(
	`${underscored}(\\.${underscored})*`,
	253,
	"a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character",
	'example.com',
);

/** A subdomain whose first label is `*`: a host of an Ingress. */
export const wildcardSubdomain = matching(
	`\\*\\.${subdomain}`,
	253,
	"a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
	'*.example.com',
);

export const environmentVariableName: NameRule = (name) => {
	const relaxed = /^[ -<>-~]+$/.test(name);
	return relaxed
		? []
		: ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
};

/** A key of a ConfigMap or Secret. */
export const configMapKey: NameRule = (key) => {
	const faults = length(key) > 253 ? [tooManyCharacters(253)] : [];
	if (!new RegExp(`^${configKey}$`).test(key))
		faults.push(
			explained(
				"a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
				configKey,
				'key.name',
				'KEY_NAME',
				'key-name',
			),
		);
	if (key === '.') faults.push(`must not be '.'`);
	else if (key === '..') faults.push(`must not be '..'`);
	else if (key.startsWith('..')) faults.push(`must not start with '..'`);
	return faults;
};

/** A label's key, or any name with an optional DNS prefix. */
export const qualifiedName: NameRule = (name) => {
	const rule =
		"must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
	const examples = ['MyName', 'my.name', '123-abc'];
	const parts = name.split('/');
	const faults: string[] = [];
	if (parts.length > 2)
		return [
			`a qualified name ${explained(rule, qualified, ...examples)} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
		];
	if (parts.length === 2) {
		if (!parts[0]) faults.push('prefix part must be non-empty');
		else faults.push(...dnsSubdomain(parts[0]).map((fault) => `prefix part ${fault}`));
	}
	const last = parts[parts.length - 1];
	if (!last) faults.push('name part must be non-empty');
	else if (length(last) > 63) faults.push(`name part ${tooManyCharacters(63)}`);
	if (!new RegExp(`^${qualified}$`).test(last))
		faults.push(`name part ${explained(rule, qualified, ...examples)}`);
	return faults;
};

/** A label's value. */
export const labelValue = matching(
	`(${qualified})?`,
	63,
	"a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
	'MyValue',
	'my_value',
	'12345',
);

/** A header of HTTP. */
export const headerName = matching(
	'[-A-Za-z0-9]+',
	Number.POSITIVE_INFINITY,
	"a valid HTTP header must consist of alphanumeric characters or '-'",
	'X-Header-Name',
);

/** An IANA service name: a named port. */
export const portName: NameRule = (name) => {
	const faults: string[] = [];
	if (length(name) > 15) faults.push(tooManyCharacters(15));
	if (!/^[-a-z0-9]+$/.test(name))
		faults.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
	if (!/[a-z]/.test(name)) faults.push('must contain at least one letter (a-z)');
	if (name.includes('--')) faults.push('must not contain consecutive hyphens');
	if (name && (name.startsWith('-') || name.endsWith('-')))
		faults.push('must not begin or end with a hyphen');
	return faults;
};

export const portNumber = (port: number): string[] =>
	port >= 1 && port <= 65535 ? [] : ['must be between 1 and 65535, inclusive'];

const percentage = '[0-9]+%';

/** A share, as `25%`. */
export const percent: NameRule = (text) =>
	new RegExp(`^${percentage}$`).test(text)
		? []
		: [
				explained(
					"a valid percent string must be a numeric string followed by an ending '%'",
					percentage,
					'1%',
					'93%',
				),
			];

/** `prefix` is a generateName: a dash at its end stands for what will follow. */
export const asPrefix = (prefix: string) =>
	prefix.length > 1 && prefix.endsWith('-') ? `${prefix.slice(0, -1)}a` : prefix;
