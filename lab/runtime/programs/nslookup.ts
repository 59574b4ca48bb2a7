// nslookup and dig: queries to the cluster's DNS, printed as busybox and as BIND's tools print them.
import { parseAddress } from '../../network/addresses.ts';
import type { DnsAnswer, DnsRecord } from '../../network/network.ts';
import { candidates } from '../../network/resolver.ts';
import { SystemError } from '../process.ts';
import { lookup, readResolverConfiguration } from './name-service.ts';
import type { Call, Tool } from './tool.ts';

type QueryType = 'A' | 'AAAA' | 'SRV' | 'PTR' | 'ANY';
const queryTypes: readonly string[] = ['A', 'AAAA', 'SRV', 'PTR', 'ANY'];

function reverseName(address: string): string {
	return `${address.split('.').reverse().join('.')}.in-addr.arpa`;
}

/** No server has answered, however often it was asked. */
class Silence extends Error {}

/** Whom to ask, how often, and what to print. */
interface Asking {
	/** An address. */
	server: string;
	attempts: number;
	/** What stands before the first answer; '' once there was one. */
	head: string;
	/** Each time that no answer comes. */
	late: string;
}

/** Throws Silence. */
async function ask(call: Call, name: string, type: QueryType, asking: Asking): Promise<DnsAnswer> {
	const { server, attempts, late } = asking;
	for (let attempt = 1; attempt <= attempts; attempt++)
		try {
			const answer = await call.process.network.query(name, type, { server });
			await call.print(asking.head);
			asking.head = '';
			return answer;
		} catch (error) {
			if (!(error instanceof SystemError) || error.code !== 'ETIMEDOUT') throw error;
			await call.print(late);
		}
	throw new Silence('no answer');
}

/** The first answer of the names that the search list makes, or the last refusal. */
async function search(
	call: Call,
	name: string,
	type: QueryType,
	asking: Asking,
): Promise<{ asked: string; answer: DnsAnswer }> {
	const { searches, ndots } = readResolverConfiguration(call.process);
	let result: { asked: string; answer: DnsAnswer } | undefined;
	for (const candidate of candidates(name, { searches, ndots: Math.max(1, ndots) })) {
		const answer = await ask(call, candidate, type, asking);
		result = { asked: candidate.replace(/\.$/, ''), answer };
		if (answer.status === 'NOERROR') return result;
	}
	return result ?? { asked: name, answer: { status: 'NXDOMAIN', authoritative: false, answers: [] } };
}

function describe(record: DnsRecord): string {
	switch (record.type) {
		case 'A':
			return `Name:\t${record.name}\nAddress: ${record.address}\n`;
		case 'CNAME':
			return `${record.name}\tcanonical name = ${record.target}\n`;
		case 'PTR':
			return `${record.name}\tname = ${record.target}\n`;
		case 'SRV':
			return `${record.name}\tservice = ${record.priority} ${record.weight} ${record.port} ${record.target}\n`;
	}
}

/** busybox' nslookup asks for A and AAAA each; BIND's says them in one answer. */
async function look(call: Call, name: string, type: QueryType | undefined, asking: Asking): Promise<number> {
	const reverse = parseAddress(name) !== undefined;
	const queried = reverse ? `${reverseName(name)}.` : name;
	const queryType = type ?? (reverse ? 'PTR' : 'A');
	if (!call.busybox) {
		const { asked, answer } = await search(call, queried, queryType, asking);
		if (answer.status !== 'NOERROR') {
			await call.print(`** server can't find ${asked || name}: ${answer.status}\n\n`);
			return 1;
		}
		if (answer.answers.length === 0) await call.print(`*** Can't find ${name}: No answer\n`);
		// BIND's Name lines stand without a blank between the records of one name.
		for (const record of answer.answers) await call.print(bindRecord(record, reverse));
		await call.print('\n');
		return 0;
	}
	return lookAsBusybox(
		call,
		queried.replace(/\.$/, ''),
		type || reverse ? [queryType] : ['A', 'AAAA'],
		asking,
	);
}

/** A name without a dot is asked for in each domain of the search list, one with a dot as it is. */
async function lookAsBusybox(
	call: Call,
	name: string,
	types: readonly QueryType[],
	asking: Asking,
): Promise<number> {
	const { searches } = readResolverConfiguration(call.process);
	const names =
		name.includes('.') || searches.length === 0 ? [name] : searches.map((domain) => `${name}.${domain}`);
	let code = 0;
	for (const each of types)
		for (const asked of names) {
			const answer = await ask(call, `${asked}.`, each, asking);
			if (answer.status !== 'NOERROR') {
				await call.print(`** server can't find ${asked}: ${answer.status}\n\n`);
				code = 1;
				continue;
			}
			if (!answer.authoritative && answer.answers.length > 0) await call.print('Non-authoritative answer:\n');
			for (const record of answer.answers) await call.print(describe(record));
			await call.print('\n');
		}
	return code;
}

/** Until 1.28, busybox asked its C library, which knows the search list for every name. */
async function lookByLibrary(call: Call, name: string, server: string): Promise<number> {
	const { network } = call.process;
	const nameOf = async (address: string) => {
		const { answers } = await network
			.query(`${reverseName(address)}.`, 'PTR')
			.catch((): { answers: DnsRecord[] } => ({ answers: [] }));
		const [pointer] = answers.flatMap((record) => (record.type === 'PTR' ? [record.target] : []));
		return pointer ? ` ${pointer}` : '';
	};
	const musl = call.flavour === 'musl';
	if (musl) await call.complain("can't resolve '(null)': Name does not resolve");
	else await call.print(`Server:    ${server}\nAddress 1: ${server}${await nameOf(server)}\n`);
	await call.print('\n');
	const addresses = await lookup(call.process, name);
	if (addresses.length === 0)
		return call.fail(`can't resolve '${name}'${musl ? ': Name does not resolve' : ''}`);
	await call.print(`Name:      ${name}\n`);
	for (const [i, address] of addresses.entries())
		await call.print(`Address ${i + 1}: ${address}${await nameOf(address)}\n`);
	return 0;
}

async function serverAddress(call: Call, name: string): Promise<string[]> {
	const addresses = await lookup(call.process, name);
	if (addresses.length === 0)
		return call.fail(
			call.busybox ? `bad address '${name}'` : `couldn't get address for '${name}': not found`,
		);
	return addresses;
}

function bindRecord(record: DnsRecord, reverse: boolean): string {
	if (reverse && record.type === 'PTR') return `${record.name}\tname = ${record.target}.\n`;
	if (record.type === 'SRV')
		return `${record.name}\tservice = ${record.priority} ${record.weight} ${record.port} ${record.target}.\n`;
	if (record.type === 'CNAME') return `${record.name}\tcanonical name = ${record.target}.\n`;
	return describe(record);
}

export const nslookup: Tool = {
	name: 'nslookup',
	usage: '[-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]',
	async run(call) {
		let type: QueryType | undefined;
		const operands: string[] = [];
		for (const arg of call.args) {
			const [, name] = /^-(?:type|query|querytype|q)=(.*)$/i.exec(arg) ?? [];
			if (name === undefined && !arg.startsWith('-')) operands.push(arg);
			if (name === undefined) continue;
			const upper = name.toUpperCase();
			if (!queryTypes.includes(upper)) return call.fail(`invalid query type "${name}"`);
			type = upper as QueryType;
		}
		if (operands.length === 0) throw call.usageFailure('missing host');
		const { nameservers } = readResolverConfiguration(call.process);
		const [, minor] = call.release.split('.').map(Number);
		if (call.busybox && minor <= 28) return lookByLibrary(call, operands[0], nameservers[0] ?? '127.0.0.1');
		const [server = '127.0.0.1'] = operands[1] ? await serverAddress(call, operands[1]) : nameservers;
		const head = `Server:\t\t${server}\nAddress:\t${server}${call.busybox ? ':' : '#'}53\n\n`;
		try {
			return await look(call, operands[0], type, { server, attempts: 2, head, late: '' });
		} catch (error) {
			if (!(error instanceof Silence)) throw error;
			await call.print(';; connection timed out; no servers could be reached\n\n');
			return 1;
		}
	},
};

function digRecord(record: DnsRecord): string {
	const fields = `${record.name}.\t${record.name.length < 15 ? '\t' : ''}${record.ttl}\tIN\t${record.type}\t`;
	switch (record.type) {
		case 'A':
			return `${fields}${record.address}`;
		case 'SRV':
			return `${fields}${record.priority} ${record.weight} ${record.port} ${record.target}.`;
		default:
			return `${fields}${record.target}.`;
	}
}

export const dig: Tool = {
	name: 'dig',
	async run(call) {
		let type: QueryType = 'A';
		let name = '.';
		let short = false;
		let searched = false;
		let server = readResolverConfiguration(call.process).nameservers[0] ?? '127.0.0.1';
		for (let at = 0; at < call.args.length; at++) {
			const arg = call.args[at];
			if (arg === '+short') short = true;
			else if (arg === '+search') searched = true;
			else if (arg.startsWith('+') || arg === 'IN') continue;
			else if (arg.startsWith('@')) server = arg.slice(1);
			else if (arg === '-x') {
				name = reverseName(call.args[++at] ?? '');
				type = 'PTR';
			} else if (arg === '-t') type = (call.args[++at] ?? 'A').toUpperCase() as QueryType;
			else if (queryTypes.includes(arg.toUpperCase())) type = arg.toUpperCase() as QueryType;
			else name = arg;
		}
		if (!queryTypes.includes(type)) return call.fail(`unknown query type ${type}`);
		const [address] = await serverAddress(call, server);
		const late = `;; communications error to ${address}#53: timed out\n`;
		const asking: Asking = { server: address, attempts: 3, head: '', late };
		const query = async () =>
			searched
				? search(call, name, type, asking)
				: { asked: name.replace(/\.$/, ''), answer: await ask(call, name, type, asking) };
		let asked: string;
		let answer: DnsAnswer;
		try {
			({ asked, answer } = await query());
		} catch (error) {
			if (!(error instanceof Silence)) throw error;
			await call.print(
				`\n; <<>> DiG 9.18.28 <<>> ${call.args.join(' ')}\n;; global options: +cmd\n;; no servers could be reached\n`,
			);
			return 9;
		}
		if (short) {
			for (const record of answer.answers) await call.print(`${digRecord(record).split('\t').at(-1)}\n`);
			return 0;
		}
		const flags = `qr${answer.authoritative ? ' aa' : ''} rd`;
		const { process } = call;
		await call.print(
			`\n; <<>> DiG 9.18.28 <<>> ${call.args.join(' ')}\n;; global options: +cmd\n;; Got answer:\n` +
				`;; ->>HEADER<<- opcode: QUERY, status: ${answer.status}, id: ${Math.floor(process.random() * 65536)}\n` +
				`;; flags: ${flags}; QUERY: 1, ANSWER: ${answer.answers.length}, AUTHORITY: 0, ADDITIONAL: 0\n\n` +
				`;; QUESTION SECTION:\n;${asked}.\t\tIN\t${type}\n\n`,
		);
		if (answer.answers.length > 0) {
			await call.print(
				`;; ANSWER SECTION:\n${answer.answers.map((record) => `${digRecord(record)}\n`).join('')}\n`,
			);
		}
		await call.print(
			`;; Query time: 0 msec\n;; SERVER: ${server}#53(${server}) (UDP)\n;; WHEN: ${new Date(process.clock.now()).toUTCString()}\n;; MSG SIZE  rcvd: ${60 + answer.answers.length * 40}\n\n`,
		);
		return 0;
	},
};
