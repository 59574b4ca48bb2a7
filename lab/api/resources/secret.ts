import { encodeBase64 } from '../../base64.ts';
import type { Secret } from '../../schema/types.ts';
import { type FieldError, invalidValue, required } from '../field-errors.ts';
import { defineResource } from '../registry.ts';
import { validateDataKeys, validateImmutableData } from '../validation/data-keys.ts';
import { immutable } from '../validation/metadata.ts';
import { configMapKey, dnsSubdomain } from '../validation/names.ts';
import { ageColumn, nameColumn } from './columns.ts';

/** What a secret of a type must hold. */
const keysOfType = new Map<string, readonly string[]>([
	['kubernetes.io/dockercfg', ['.dockercfg']],
	['kubernetes.io/dockerconfigjson', ['.dockerconfigjson']],
	['kubernetes.io/ssh-auth', ['ssh-privatekey']],
	['kubernetes.io/tls', ['tls.crt', 'tls.key']],
]);

export const secrets = defineResource<Secret>({
	group: '',
	version: 'v1',
	kind: 'Secret',
	plural: 'secrets',
	singular: 'secret',
	namespaced: true,
	nameRule: dnsSubdomain,
	setDefaults(secret) {
		secret.type ||= 'Opaque';
		// stringData is for writing only: it goes into data, over what is there.
		for (const [key, text] of Object.entries(secret.stringData ?? {}))
			secret.data = { ...secret.data, [key]: encodeBase64(text) };
		delete secret.stringData;
	},
	validate(secret) {
		const errors: FieldError[] = validateDataKeys(secret, configMapKey);
		for (const key of keysOfType.get(secret.type ?? '') ?? [])
			if (secret.data?.[key] === undefined) errors.push(required(`data[${key}]`));
		const account = secret.metadata.annotations?.['kubernetes.io/service-account.name'];
		if (secret.type === 'kubernetes.io/service-account-token' && !account)
			errors.push(required('metadata.annotations[kubernetes.io/service-account.name]'));
		if (secret.type === 'kubernetes.io/basic-auth' && !secret.data?.username && !secret.data?.password)
			errors.push(required('data[username]'), required('data[password]'));
		return errors;
	},
	validateUpdate(secret, old) {
		const errors: FieldError[] = [];
		if (secret.type !== old.type) errors.push(invalidValue('type', secret.type, immutable));
		return [...errors, ...validateImmutableData(secret, old, ['data'])];
	},
	columns: [
		nameColumn,
		{ name: 'Type', type: 'string', cell: (secret) => secret.type ?? '' },
		{ name: 'Data', type: 'string', cell: (secret) => Object.keys(secret.data ?? {}).length },
		ageColumn,
	],
	selectableFields: { type: (secret) => secret.type ?? '' },
});
