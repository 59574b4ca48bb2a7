// Tokens by which pods and people speak for service accounts: issued, and recognised again
// (https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/).
import type { Client } from '../api/client.ts';
import type { UserInfo } from '../api/http.ts';
import type { Clock } from '../clock.ts';
import { type Random, randomUuid } from '../random.ts';
import type { KubernetesObject, Node, Pod, Secret, ServiceAccount } from '../schema/types.ts';
import type { TokenAuthenticator } from './access.ts';
import { type Claims, createTokenSigner } from './json-web-token.ts';
import { quotedList } from './rbac/rules.ts';
import { everyoneAuthenticated, serviceAccountGroups, serviceAccountUsername } from './user.ts';

export const issuer = 'https://kubernetes.default.svc.cluster.local';
/** Of tokens that are kept in secrets and never expire. */
const legacyIssuer = 'kubernetes/serviceaccount';

/** How far clocks may differ. */
const leewaySeconds = 60;

/**
 * The tokens of kube-api-access volumes, told by this odd duration, live a year, for clients that read theirs
 * only once (kube-apiserver's --service-account-extend-token-expiration).
 */
export const extendedWhen = 3607;
const extendedSeconds = 365 * 24 * 60 * 60;

export interface TokenDraft {
	account: ServiceAccount;
	audiences: readonly string[];
	expirationSeconds: number;
	/** The token is valid no longer than this object lives. */
	boundTo?: { kind: 'Pod' | 'Secret' | 'Node'; object: KubernetesObject };
}

export interface IssuedToken {
	token: string;
	/** Milliseconds since 1970. */
	expiresAt: number;
}

export interface PodTokenRequest {
	pod: Pod;
	/** Whom the token is for; the API server unless told. */
	audience?: string;
	expirationSeconds: number;
}

/** What a kubelet asks for a pod. Throws where the pod's service account has gone. */
export type TokenIssuer = (request: PodTokenRequest) => string;

export interface ServiceAccountTokens extends TokenAuthenticator {
	issue(draft: TokenDraft): IssuedToken;
	issueForPod: TokenIssuer;
	/** The token of a secret of type kubernetes.io/service-account-token. */
	issueForSecret(secret: Secret, account: ServiceAccount): string;
	/** The JSON Web Key Set by which others recognise the tokens (RFC 7517). */
	keySet(): unknown;
	/** The secret key. */
	readonly key: Uint8Array;
}

interface Reference {
	name?: string;
	uid?: string;
}

interface PrivateClaims {
	namespace?: string;
	serviceaccount?: Reference;
	pod?: Reference;
	secret?: Reference;
	node?: Reference;
}

interface AccountInfo {
	account: ServiceAccount;
	extra: Record<string, string[]>;
}

const referenceTo = ({ metadata: { name, uid } }: KubernetesObject): Reference => ({ name, uid });
const invalidated = () => new Error('service account token has been invalidated');
const seconds = (claim: unknown) => (typeof claim === 'number' ? claim : undefined);

/** The most tokens whose signature is remembered as right, since checking one costs a millisecond. */
const rememberedTokens = 256;

export function createServiceAccountTokens(options: {
	objects: Pick<Client, 'get'>;
	clock: Clock;
	random: Random;
	/** Of an earlier server, whose tokens are to be valid still. */
	key?: Uint8Array | undefined;
}): ServiceAccountTokens {
	const { objects, clock, random } = options;
	const signer = createTokenSigner(random, options.key);
	const verified = new Map<string, Claims>();
	const now = () => Math.floor(clock.now() / 1000);

	const claimsOf = (token: string): Claims | undefined => {
		const known = verified.get(token);
		if (known) return known;
		const claims = signer.verify(token);
		if (claims) {
			if (verified.size >= rememberedTokens) verified.delete(verified.keys().next().value as string);
			verified.set(token, claims);
		}
		return claims;
	};

	const accountOf = (namespace: string, { name = '', uid }: Reference): ServiceAccount => {
		const account = objects.get<ServiceAccount>('serviceaccounts', namespace, name);
		if (!account) throw new Error(`serviceaccounts "${name}" not found`);
		if (account.metadata.uid !== uid)
			throw new Error(`service account UID (${account.metadata.uid}) does not match claim (${uid})`);
		return account;
	};

	/** What the token is bound to must still be there, and be the same. */
	const checkBound = (resource: string, namespace: string, kind: string, bound: Reference) => {
		const object = objects.get<KubernetesObject>(resource, namespace, bound.name ?? '');
		if (!object) throw invalidated();
		if (object.metadata.uid !== bound.uid)
			throw new Error(
				`${kind} UID (${object.metadata.uid}) does not match service account ${kind} ref claim (${bound.uid})`,
			);
	};

	const boundAccount = (claims: Claims): AccountInfo => {
		const at = now();
		if (at > (seconds(claims.exp) ?? 0) + leewaySeconds) throw new Error('service account token has expired');
		if (at < (seconds(claims.nbf) ?? 0) - leewaySeconds)
			throw new Error('service account token is not valid yet');
		const {
			namespace = '',
			serviceaccount = {},
			pod,
			secret,
			node,
		} = claims['kubernetes.io'] as PrivateClaims;
		const account = accountOf(namespace, serviceaccount);
		if (secret) checkBound('secrets', namespace, 'secret', secret);
		if (pod) checkBound('pods', namespace, 'pod', pod);
		else if (node) checkBound('nodes', '', 'node', node);
		const prefix = 'authentication.kubernetes.io';
		const extra: Record<string, string[]> = { [`${prefix}/credential-id`]: [`JTI=${String(claims.jti)}`] };
		if (node?.name) extra[`${prefix}/node-name`] = [node.name];
		if (node?.uid) extra[`${prefix}/node-uid`] = [node.uid];
		if (pod?.name) extra[`${prefix}/pod-name`] = [pod.name];
		if (pod?.uid) extra[`${prefix}/pod-uid`] = [pod.uid];
		return { account, extra };
	};

	const secretAccount = (claims: Claims, token: string): AccountInfo => {
		const claim = (name: string) => String(claims[`${legacyIssuer}/${name}`] ?? '');
		const namespace = claim('namespace');
		const secret = objects.get<Secret>('secrets', namespace, claim('secret.name'));
		if (!secret || atob(secret.data?.token ?? '') !== token) throw invalidated();
		const reference = { name: claim('service-account.name'), uid: claim('service-account.uid') };
		return { account: accountOf(namespace, reference), extra: {} };
	};

	const issue = ({ account, audiences, expirationSeconds, boundTo }: TokenDraft): IssuedToken => {
		const at = now();
		const extended = boundTo?.kind === 'Pod' && expirationSeconds === extendedWhen;
		const { name, namespace, uid } = account.metadata;
		const nodeName = boundTo?.kind === 'Pod' ? (boundTo.object as Pod).spec.nodeName : undefined;
		const node = nodeName ? objects.get<Node>('nodes', '', nodeName) : undefined;
		const expires = at + (extended ? extendedSeconds : expirationSeconds);
		const token = signer.sign({
			aud: audiences,
			exp: expires,
			iat: at,
			iss: issuer,
			jti: randomUuid(random),
			'kubernetes.io': {
				namespace,
				...(node && { node: referenceTo(node) }),
				...(boundTo && { [boundTo.kind.toLowerCase()]: referenceTo(boundTo.object) }),
				serviceaccount: { name, uid },
				...(extended && { warnafter: at + expirationSeconds }),
			},
			nbf: at,
			sub: serviceAccountUsername(namespace, name),
		});
		// The answer tells when the client should have another one by.
		return { token, expiresAt: (at + expirationSeconds) * 1000 };
	};

	return {
		issue,
		issueForPod({ pod, audience = issuer, expirationSeconds }) {
			const { namespace } = pod.metadata;
			const name = pod.spec.serviceAccountName ?? 'default';
			const account = objects.get<ServiceAccount>('serviceaccounts', namespace, name);
			if (!account) throw new Error(`failed to fetch token: serviceaccounts "${name}" not found`);
			const boundTo = { kind: 'Pod', object: pod } as const;
			return issue({ account, audiences: [audience], expirationSeconds, boundTo }).token;
		},
		issueForSecret(secret, account) {
			const { namespace, name, uid } = account.metadata;
			return signer.sign({
				iss: legacyIssuer,
				[`${legacyIssuer}/namespace`]: namespace,
				[`${legacyIssuer}/secret.name`]: secret.metadata.name,
				[`${legacyIssuer}/service-account.name`]: name,
				[`${legacyIssuer}/service-account.uid`]: uid,
				sub: serviceAccountUsername(namespace, name),
			});
		},
		keySet: () => ({ keys: [signer.publicKey] }),
		get key() {
			return signer.secretKey;
		},
		authenticate(token, audiences = [issuer]) {
			const claims = claimsOf(token);
			if (!claims) throw new Error('invalid bearer token');
			const legacy = claims.iss === legacyIssuer;
			const meant = legacy ? [issuer] : (claims.aud as string[]);
			const common = audiences.filter((audience) => meant.includes(audience));
			if (common.length === 0)
				throw new Error(
					`token audiences ${quotedList(meant)} is invalid for the target audiences ${quotedList(audiences)}`,
				);
			const { account, extra } = legacy ? secretAccount(claims, token) : boundAccount(claims);
			const { namespace, name, uid } = account.metadata;
			const user: UserInfo = {
				username: serviceAccountUsername(namespace, name),
				uid,
				groups: [...serviceAccountGroups(namespace), everyoneAuthenticated],
				...(Object.keys(extra).length > 0 && { extra }),
			};
			return { user, audiences: common };
		},
	};
}
