// Tokens by which pods speak for their service accounts (kubernetes.io/docs/concepts/security/service-accounts).
import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import { randomUuid } from '../random.ts';
import type { Pod } from '../schema/types.ts';

export const issuer = 'https://kubernetes.default.svc.cluster.local';

export interface TokenRequest {
	pod: Pod;
	/** Whom the token is for; the API server unless told. */
	audience?: string;
	expirationSeconds: number;
}

export type TokenIssuer = (request: TokenRequest) => string;

const base64Url = (text: string) => btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

/**
 * Tokens in the form of a JWT (RFC 7519), with Kubernetes' claims. In place of a signature they carry 256
 * bits of chance: the lab that issued one is the only one that could ever accept it.
 */
export function createTokenIssuer({ clock, random }: { clock: Clock; random: Random }): TokenIssuer {
	return ({ pod, audience = issuer, expirationSeconds }) => {
		const { namespace, name, uid } = pod.metadata;
		const account = pod.spec.serviceAccountName ?? 'default';
		const now = Math.floor(clock.now() / 1000);
		const claims = {
			aud: [audience],
			exp: now + expirationSeconds,
			iat: now,
			iss: issuer,
			jti: randomUuid(random),
			'kubernetes.io': {
				namespace,
				node: { name: pod.spec.nodeName },
				pod: { name, uid },
				serviceaccount: { name: account },
			},
			nbf: now,
			sub: `system:serviceaccount:${namespace}:${account}`,
		};
		const secret = String.fromCharCode(...Array.from({ length: 32 }, () => Math.floor(random() * 256)));
		return [JSON.stringify({ alg: 'none', typ: 'JWT' }), JSON.stringify(claims), secret]
			.map(base64Url)
			.join('.');
	};
}
