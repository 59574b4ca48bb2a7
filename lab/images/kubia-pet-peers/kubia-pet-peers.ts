// luksa/kubia-pet-peers: the kubia-pet that finds its peers. Every pod answers with what all pods have stored: it
// asks the cluster's DNS for the SRV records of the service kubia in the namespace default, whatever its own, and
// each pod in them for /data.
import { collect } from '../../bytes.ts';
import { HttpError } from '../../network/http.ts';
import { decode } from '../../runtime/byte-text.ts';
import { type Process, SystemError } from '../../runtime/process.ts';
import { connectFirst, exchange, resolveHost, UnknownHost } from '../../runtime/programs/http-client.ts';
import { kubiaRepository, storedData } from '../kubia-pet/application.ts';

const serviceName = 'kubia.default.svc.cluster.local';
const port = 8080;

/** What a peer has stored, or Node's words for why it cannot be asked. */
async function dataOf(process: Process, peer: string): Promise<string> {
	let address = peer;
	try {
		const addresses = await resolveHost(process, peer);
		address = addresses[0];
		const connection = await connectFirst(process, addresses, port);
		try {
			const { body } = await exchange(connection, {
				method: 'GET',
				target: '/data',
				headers: [
					['Host', `${peer}:${port}`],
					['Connection', 'close'],
				],
			});
			return decode(await collect(body));
		} finally {
			connection.close();
		}
	} catch (error) {
		if (error instanceof UnknownHost) return `Error: getaddrinfo ENOTFOUND ${peer} ${peer}:${port}`;
		if (error instanceof SystemError) return `Error: connect ${error.code} ${address}:${port}`;
		if (error instanceof HttpError) return 'Error: socket hang up';
		throw error;
	}
}

/** The answers in the order in which they come. */
async function* asTheyCome(answers: Promise<string>[]): AsyncIterable<string> {
	const waiting = new Map(
		answers.map((answer, index) => [index, answer.then((text) => ({ index, text }))] as const),
	);
	while (waiting.size > 0) {
		const { index, text } = await Promise.race(waiting.values());
		waiting.delete(index);
		yield text;
	}
}

async function* collected(process: Process): AsyncIterable<string> {
	yield `You've hit ${process.hostname}\nData stored in the cluster:\n`;
	const { status, answers } = await process.network.query(`${serviceName}.`, 'SRV');
	const peers = answers.flatMap((record) =>
		record.type === 'SRV' ? [record.target.replace(/\.$/, '')] : [],
	);
	if (peers.length === 0) {
		const code = status === 'SERVFAIL' ? 'ESERVFAIL' : status === 'NXDOMAIN' ? 'ENOTFOUND' : 'ENODATA';
		yield `Could not look up DNS SRV records: Error: querySrv ${code} ${serviceName}`;
		return;
	}
	yield* asTheyCome(peers.map(async (peer) => `- ${peer}: ${await dataOf(process, peer)}\n`));
}

export const kubiaPetPeers = kubiaRepository(
	'docker.io/luksa/kubia-pet-peers',
	'',
	async function* (process, request) {
		if (request.target === '/data') yield storedData(process);
		else yield* collected(process);
	},
);
