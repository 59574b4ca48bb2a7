import { CertificateRequestError, parseCertificateRequest } from '../../auth/certificate-request.ts';
import type { CertificateSigningRequest, CertificateSigningRequestCondition } from '../../schema/types.ts';
import { type FieldError, invalidValue, notSupported, required } from '../field-errors.ts';
import { defineResource } from '../registry.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { validateSigner } from '../validation/signer-name.ts';
import { ageColumn, humanDuration, nameColumn } from './columns.ts';

const usages = [
	...['any', 'cert sign', 'client auth', 'code signing', 'content commitment', 'crl sign'],
	...['data encipherment', 'decipher only', 'digital signature', 'email protection', 'encipher only'],
	...['ipsec end system', 'ipsec tunnel', 'ipsec user', 'key agreement', 'key encipherment', 'microsoft sgc'],
	...['netscape sgc', 'ocsp signing', 's/mime', 'server auth', 'signing', 'timestamping'],
];

/** Bytes as the API carries them, as text. */
const textOf = (base64: string) => {
	try {
		return atob(base64);
	} catch {
		return '';
	}
};

function validateRequest(request: string): FieldError[] {
	try {
		parseCertificateRequest(textOf(request));
		return [];
	} catch (error) {
		if (!(error instanceof CertificateRequestError)) throw error;
		return [invalidValue('spec.request', request, error.message)];
	}
}

function validateConditions(conditions: readonly CertificateSigningRequestCondition[] = []): FieldError[] {
	const field = 'status.conditions';
	const has = (type: string) => conditions.some((each) => each.type === type);
	const errors = conditions.flatMap(({ type, status }, index): FieldError[] => {
		const place = `${field}[${index}]`;
		if (!type) return [required(`${place}.type`)];
		if (!status) return [required(`${place}.status`)];
		if (['Approved', 'Denied', 'Failed'].includes(type) && status !== 'True')
			return [notSupported(`${place}.status`, status, ['True'])];
		return [];
	});
	if (has('Approved') && has('Denied'))
		errors.push(invalidValue(field, 'Denied', 'Approved and Denied conditions are mutually exclusive'));
	return errors;
}

/** `Approved,Issued` */
function shownCondition({ status }: CertificateSigningRequest): string {
	const types = new Set((status?.conditions ?? []).map(({ type }) => type));
	const shown = types.has('Denied') ? ['Denied'] : types.has('Approved') ? ['Approved'] : ['Pending'];
	if (types.has('Failed')) shown.push('Failed');
	if (status?.certificate) shown.push('Issued');
	return shown.join(',');
}

export const certificateSigningRequests = defineResource<CertificateSigningRequest>({
	group: 'certificates.k8s.io',
	version: 'v1',
	kind: 'CertificateSigningRequest',
	plural: 'certificatesigningrequests',
	singular: 'certificatesigningrequest',
	shortNames: ['csr'],
	namespaced: false,
	hasStatus: true,
	nameRule: dnsSubdomain,
	prepareForCreate(request, { user }) {
		const { username, uid, groups, extra } = user;
		const told: Record<string, string[]> = {};
		for (const [key, values] of Object.entries(extra ?? {})) told[key] = [...values];
		const { spec } = request;
		Object.assign(spec, { username, uid: uid ?? '', groups: [...groups] });
		if (extra) spec.extra = told;
		else delete spec.extra;
		request.status = {};
	},
	prepareForUpdate(request, old) {
		request.spec = structuredClone(old.spec);
	},
	validate({ spec, status }) {
		const { request, signerName, usages: asked = [], expirationSeconds } = spec;
		const errors = [
			...validateRequest(request ?? ''),
			...validateSigner(signerName ?? '', 'spec.signerName'),
		];
		if (signerName === 'kubernetes.io/legacy-unknown')
			errors.push(
				invalidValue(
					'spec.signerName',
					signerName,
					'the legacy signerName is not allowed via this API version',
				),
			);
		if (asked.length === 0) errors.push(required('spec.usages', 'usages is required'));
		for (const [index, usage] of asked.entries())
			if (!usages.includes(usage)) errors.push(notSupported(`spec.usages[${index}]`, usage, usages));
		if (expirationSeconds !== undefined && expirationSeconds < 600)
			errors.push(
				invalidValue(
					'spec.expirationSeconds',
					expirationSeconds,
					'may not specify a duration less than 600 seconds (10 minutes)',
				),
			);
		return [...errors, ...validateConditions(status?.conditions)];
	},
	validateStatusUpdate: ({ status }) => validateConditions(status?.conditions),
	columns: [
		nameColumn,
		ageColumn,
		{ name: 'SignerName', type: 'string', cell: ({ spec }) => spec.signerName },
		{ name: 'Requestor', type: 'string', cell: ({ spec }) => spec.username ?? '' },
		{
			name: 'RequestedDuration',
			type: 'string',
			cell: ({ spec }) => (spec.expirationSeconds ? humanDuration(spec.expirationSeconds * 1000) : '<none>'),
		},
		{ name: 'Condition', type: 'string', cell: shownCondition },
	],
	selectableFields: { 'spec.signerName': ({ spec }) => spec.signerName },
	subresources: [{ name: 'approval', kind: 'CertificateSigningRequest', verbs: ['get', 'patch', 'update'] }],
});
