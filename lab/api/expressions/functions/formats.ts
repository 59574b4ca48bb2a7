// format.dns1123Label().validate(text): what Kubernetes asks of names, by the name of the rule.
import { hasFormat } from '../../custom-resources/formats.ts';
import {
	asPrefix,
	dns1035Label,
	dnsLabel,
	dnsSubdomain,
	labelValue,
	type NameRule,
	qualifiedName,
} from '../../validation/names.ts';
import type { FunctionLibrary } from './functions.ts';

class FormatValue {
	readonly name: string;
	readonly faults: NameRule;

	constructor(name: string, faults: NameRule) {
		this.name = name;
		this.faults = faults;
	}
}

class FormatNamespace {}

const ofFormat =
	(format: string, fault: string): NameRule =>
	(text) =>
		hasFormat(text, format) ? [] : [fault];

const prefix =
	(rule: NameRule): NameRule =>
	(text) =>
		rule(asPrefix(text));

const rules: Readonly<Record<string, NameRule>> = {
	dns1123Label: dnsLabel,
	dns1123Subdomain: dnsSubdomain,
	dns1035Label: dns1035Label,
	qualifiedName,
	dns1123LabelPrefix: prefix(dnsLabel),
	dns1123SubdomainPrefix: prefix(dnsSubdomain),
	dns1035LabelPrefix: prefix(dns1035Label),
	labelValue,
	uri: ofFormat('uri', 'invalid URI for request'),
	uuid: ofFormat('uuid', 'does not match the UUID format'),
	byte: ofFormat('byte', 'invalid base64'),
	date: ofFormat('date', 'invalid date'),
	datetime: ofFormat('date-time', 'invalid datetime'),
};

const formats = new Map(Object.entries(rules).map(([name, rule]) => [name, new FormatValue(name, rule)]));
const type = 'kubernetes.NamedFormat';

export const formatFunctions: FunctionLibrary = {
	types: { [type]: { values: FormatValue, equals: (a: FormatValue, b: FormatValue) => a.name === b.name } },
	namespaces: { format: FormatNamespace },
	functions: (optional) => ({
		...Object.fromEntries(
			[...formats].map(([name, format]) => [`FormatNamespace.${name}(): ${type}`, () => format]),
		),
		[`FormatNamespace.named(string): optional<${type}>`]: (_: unknown, name: string) =>
			optional.of(formats.get(name)),
		[`${type}.validate(string): optional<list<string>>`]: ({ faults }: FormatValue, text: string) => {
			const found = faults(text);
			return optional.of(found.length > 0 ? found : undefined);
		},
	}),
};
