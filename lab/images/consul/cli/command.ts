// What every command of `consul` is made of: its flags as Go's package flag reads them, and its output.
import type { Process } from '../../../runtime/process.ts';
import { type Client, createClient, RequestError } from './client.ts';

export interface Command {
	/** As it is called: `kv put`. */
	name: string;
	/** One line for the list of commands. */
	synopsis: string;
	/** What stands after the name in the usage. */
	usage: string;
	/** The command's own flags, with a line about each; `=` at a name's end says that it takes a value. */
	flags?: Readonly<Record<string, string>>;
	/** Commands that make no request take none of the common flags. */
	offline?: boolean;
	run(call: CommandCall): Promise<number>;
}

/** Ends a command with its message on standard error and exit code 1. */
export class CommandFailure extends Error {}

/** Flags of all commands that make requests. */
const common: Readonly<Record<string, string>> = {
	'http-addr=': 'The address and port of the Consul HTTP agent.',
	'token=': 'ACL token to use in the request.',
	'datacenter=': 'Name of the datacenter to query.',
	stale: 'Permit any Consul server (non-leader) to respond to this request.',
	'token-file=': 'File containing the ACL token to use in the request.',
	'namespace=': 'Specifies the namespace to query.',
	'partition=': 'Specifies the admin partition to query.',
};

export class CommandCall {
	readonly process: Process;
	readonly command: Command;
	readonly args: string[] = [];
	readonly #values = new Map<string, string[]>();

	/** Throws CommandFailure for flags that there are not. */
	constructor(process: Process, command: Command, given: readonly string[]) {
		this.process = process;
		this.command = command;
		const known = { ...(command.offline ? {} : common), ...command.flags };
		for (let at = 0; at < given.length; at++) {
			const [, name, value] = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(given[at]) ?? [];
			if (name === undefined) {
				// Go's flags end at the first argument.
				this.args.push(...given.slice(given[at] === '--' ? at + 1 : at));
				break;
			}
			if (name in known) this.#add(name, value ?? 'true');
			else if (!(`${name}=` in known))
				throw new CommandFailure(`flag provided but not defined: -${name}\n${usageOf(command)}`);
			else if (value === undefined && at + 1 >= given.length)
				throw new CommandFailure(`flag needs an argument: -${name}\n${usageOf(command)}`);
			else this.#add(name, value ?? given[++at]);
		}
	}

	#add(name: string, value: string): void {
		this.#values.set(name, [...(this.#values.get(name) ?? []), value]);
	}

	has(name: string): boolean {
		return this.value(name) === 'true';
	}

	value(name: string): string | undefined {
		return this.#values.get(name)?.at(-1);
	}

	/** The API of the agent that the flags or the environment name. */
	get client(): Client {
		const address = this.value('http-addr') ?? this.process.env.get('CONSUL_HTTP_ADDR') ?? '127.0.0.1:8500';
		return createClient(this.process, address);
	}

	/** The parameters that the common flags give a request, with others. */
	query(others: Readonly<Record<string, string>> = {}): string {
		const parameters = new URLSearchParams(others);
		if (this.has('stale')) parameters.set('stale', '');
		const text = parameters.toString().replace(/=(?=&|$)/g, '');
		return text === '' ? '' : `?${text}`;
	}

	async print(text: string): Promise<void> {
		await this.process.write(1, `${text}\n`);
	}

	fail(message: string): never {
		throw new CommandFailure(message);
	}

	/** Says what failed where a request does. */
	async attempt<T>(what: string, action: () => Promise<T>): Promise<T> {
		try {
			return await action();
		} catch (error) {
			if (!(error instanceof RequestError)) throw error;
			throw new CommandFailure(`${what}: ${error.message}`);
		}
	}
}

export function usageOf({ name, usage, synopsis, flags = {} }: Command): string {
	const options = Object.entries(flags).map(([flag, text]) => {
		const value = flag.endsWith('=') ? '=<value>' : '';
		return `\n  -${flag.replace(/=$/, '')}${value}\n     ${text}\n`;
	});
	const list = options.length > 0 ? `\n\nCommand Options\n${options.join('').trimEnd()}` : '';
	return `Usage: consul ${name} ${usage}\n\n  ${synopsis}.${list}\n`;
}
