// authorizer.group('apps').resource('deployments').check('create').allowed(): what the user of a request may do.
import type { Attributes, Authorizer, Decision } from '../../../auth/access.ts';
import { serviceAccountGroups, serviceAccountUsername } from '../../../auth/user.ts';
import type { UserInfo } from '../../http.ts';
import type { FunctionLibrary } from './functions.ts';

const prefix = 'kubernetes.authorization';
export const authorizerType = `${prefix}.Authorizer`;

type Asked = Omit<Attributes, 'verb'>;

class Check {
	readonly #authorizer: Authorizer;
	readonly #user: UserInfo;
	readonly #asked: Asked;

	constructor(authorizer: Authorizer, user: UserInfo, asked: Asked) {
		this.#authorizer = authorizer;
		this.#user = user;
		this.#asked = asked;
	}

	check(verb: string): DecisionValue {
		return new DecisionValue(this.#authorizer.authorize(this.#user, { verb, ...this.#asked }));
	}

	withMore(more: Partial<Asked>): ResourceCheck {
		return new ResourceCheck(this.#authorizer, this.#user, { ...this.#asked, ...more });
	}
}

class PathCheck extends Check {}
class ResourceCheck extends Check {}

class GroupCheck {
	readonly resource: (plural: string) => ResourceCheck;

	constructor(resource: (plural: string) => ResourceCheck) {
		this.resource = resource;
	}
}

class DecisionValue {
	readonly decision: Decision;

	constructor(decision: Decision) {
		this.decision = decision;
	}
}

/** A user as expressions ask about them; `asked` is what the request itself is about. */
export class AuthorizerValue {
	readonly requestResource: ResourceCheck;
	readonly #authorizer: Authorizer;
	readonly #user: UserInfo;
	readonly #asked: Asked;

	constructor(authorizer: Authorizer, user: UserInfo, asked: Asked) {
		this.requestResource = new ResourceCheck(authorizer, user, asked);
		this.#authorizer = authorizer;
		this.#user = user;
		this.#asked = asked;
	}

	path(path: string): PathCheck {
		if (!path) throw new Error('path must not be empty');
		return new PathCheck(this.#authorizer, this.#user, { path });
	}

	group(group: string): GroupCheck {
		return new GroupCheck(
			(resource) =>
				new ResourceCheck(this.#authorizer, this.#user, {
					group,
					resource,
					subresource: '',
					namespace: '',
					name: '',
				}),
		);
	}

	as(namespace: string, name: string): AuthorizerValue {
		const user = {
			username: serviceAccountUsername(namespace, name),
			groups: [...serviceAccountGroups(namespace), 'system:authenticated'],
		};
		return new AuthorizerValue(this.#authorizer, user, this.#asked);
	}
}

const resourceCheck = `${prefix}.ResourceCheck`;
const decision = `${prefix}.Decision`;
const never = () => false;

export const authorizerFunctions: FunctionLibrary = {
	types: {
		[decision]: { values: DecisionValue, equals: never },
		[resourceCheck]: { values: ResourceCheck, equals: never },
		[`${prefix}.PathCheck`]: { values: PathCheck, equals: never },
		[`${prefix}.GroupCheck`]: { values: GroupCheck, equals: never },
		[authorizerType]: { values: AuthorizerValue, equals: never, fields: { requestResource: resourceCheck } },
	},
	functions: () => ({
		[`${authorizerType}.path(string): ${prefix}.PathCheck`]: (user: AuthorizerValue, path: string) =>
			user.path(path),
		[`${authorizerType}.group(string): ${prefix}.GroupCheck`]: (user: AuthorizerValue, group: string) =>
			user.group(group),
		[`${authorizerType}.serviceAccount(string, string): ${authorizerType}`]: (
			user: AuthorizerValue,
			namespace: string,
			name: string,
		) => user.as(namespace, name),
		[`${prefix}.GroupCheck.resource(string): ${resourceCheck}`]: (group: GroupCheck, plural: string) =>
			group.resource(plural),
		[`${resourceCheck}.subresource(string): ${resourceCheck}`]: (check: Check, subresource: string) =>
			check.withMore({ subresource }),
		[`${resourceCheck}.namespace(string): ${resourceCheck}`]: (check: Check, namespace: string) =>
			check.withMore({ namespace }),
		[`${resourceCheck}.name(string): ${resourceCheck}`]: (check: Check, name: string) =>
			check.withMore({ name }),
		[`${resourceCheck}.check(string): ${decision}`]: (check: Check, verb: string) => check.check(verb),
		[`${prefix}.PathCheck.check(string): ${decision}`]: (check: Check, verb: string) => check.check(verb),
		[`${decision}.allowed(): bool`]: (value: DecisionValue) => value.decision.allowed,
		[`${decision}.reason(): string`]: (value: DecisionValue) => value.decision.reason,
		[`${decision}.errored(): bool`]: never,
		[`${decision}.error(): string`]: () => '',
	}),
};
