// Who makes a request: by a client certificate, which the front has checked, by a bearer token, or nobody in
// particular (https://kubernetes.io/docs/reference/access-authn-authz/authentication/).
import { ApiError } from '../api/errors.ts';
import type { ClientRequest, UserInfo } from '../api/http.ts';
import type { TokenAuthenticator } from './access.ts';
import { anonymous } from './user.ts';

export const unauthorized = () => new ApiError(401, 'Unauthorized', 'Unauthorized');

/** The token of an Authorization header (RFC 6750); undefined where there is none. */
function bearerToken({ headers }: ClientRequest): string | undefined {
	const [, token] = /^bearer +(\S+)\s*$/i.exec(headers.authorization ?? '') ?? [];
	return token;
}

/** Throws Unauthorized where credentials are given that are not right. */
export function authenticate(request: ClientRequest, tokens: TokenAuthenticator): UserInfo {
	if (request.user) return request.user;
	const token = bearerToken(request);
	if (token !== undefined) {
		try {
			return tokens.authenticate(token).user;
		} catch {
			throw unauthorized();
		}
	}
	if (request.credentialsRefused) throw unauthorized();
	return anonymous;
}
