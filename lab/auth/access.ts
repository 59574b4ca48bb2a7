// What decides over requests: who may do what, and whom a token belongs to.
import type { UserInfo } from '../api/http.ts';
import type { PolicyRule } from '../schema/types.ts';

/** What is to be done: a verb on a resource, or on a path that is none of a resource's. */
export interface Attributes {
	verb: string;
	/** Set where it is not a resource that is asked for; then nothing of what follows is. */
	path?: string;
	/** '' for cluster-scoped resources and for all namespaces. */
	namespace?: string;
	group?: string;
	resource?: string;
	subresource?: string;
	/** '' for all of a collection. */
	name?: string;
	/** By which a collection is narrowed, as it was asked for. */
	fieldSelector?: string;
}

export interface Decision {
	allowed: boolean;
	/** By what it is allowed, or what went wrong in finding out; '' where there is nothing to say. */
	reason: string;
}

export interface Authorizer {
	authorize(user: UserInfo, attributes: Attributes): Decision;
	/** All rules that speak for the user in the namespace ('' for those of the cluster only), and what is amiss. */
	rulesFor(user: UserInfo, namespace: string): { rules: PolicyRule[]; errors: string[] };
	/** The rules of the role that a binding in the namespace refers to. Throws NotFound. */
	rulesOf(role: { kind: string; name: string }, namespace: string): readonly PolicyRule[];
}

export interface TokenAuthenticator {
	/** Whom a token speaks for, and for which of the audiences it is; throws an Error that says why it is refused. */
	authenticate(
		token: string,
		audiences?: readonly string[],
	): { user: UserInfo; audiences: readonly string[] };
}

export interface Access {
	readonly authorizer: Authorizer;
	readonly tokens: TokenAuthenticator;
}
