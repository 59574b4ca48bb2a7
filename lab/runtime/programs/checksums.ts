// md5sum, sha1sum, sha256sum and base64.

import { decodeBase64, encodeBase64 } from '../../base64.ts';
import { concat } from '../../bytes.ts';
import { decode } from '../byte-text.ts';
import { createMd5, createSha1, createSha256 } from './digests.ts';
import { type Call, cannotOpen, type Tool } from './tool.ts';

/** How much is summed or encoded in a step. */
const bytesPerStep = 128;

/** A file's digest in hexadecimal digits; throws SystemError. */
export async function sumOf(call: Call, path: string, create: typeof createMd5): Promise<string> {
	const digest = create();
	for await (const data of call.open(path)) {
		digest.update(data);
		const wait = call.process.step(Math.ceil(data.length / bytesPerStep));
		if (wait) await wait;
	}
	return digest.digest();
}

function sumAs(name: string, create: typeof createMd5): Tool {
	return {
		name,
		usage: '[-c[sw]] [FILE]...',
		async run(call) {
			const options = call.options({
				short: 'bctsw',
				long: { check: 'c', binary: 'b', text: 't', quiet: 'quiet', status: 's', warn: 'w' },
			});
			if (!options.has('c'))
				return call.eachFile(options.operands, cannotOpen(call), async (path) => {
					const digest = await sumOf(call, path, create);
					await call.print(`${digest}  ${path}\n`);
				});
			let failed = 0;
			const code = await call.eachFile(options.operands, cannotOpen(call), async (list) => {
				for (const line of decode(await call.readAll(list)).split('\n')) {
					const [, expected, path] = /^([0-9a-f]+) [ *](.*)$/.exec(line) ?? [];
					if (!expected) continue;
					let good = false;
					try {
						good = (await sumOf(call, path, create)) === expected;
					} catch (error) {
						await call.complain(cannotOpen(call)(path, error as never));
					}
					if (!good) failed++;
					if (!options.has('s') && !(good && options.has('quiet')))
						await call.print(`${path}: ${good ? 'OK' : 'FAILED'}\n`);
				}
			});
			if (failed > 0 && !options.has('s'))
				await call.complain(
					call.busybox
						? `WARNING: ${failed} of ${failed} computed checksums did NOT match`
						: `WARNING: ${failed} computed checksum${failed > 1 ? 's' : ''} did NOT match`,
				);
			return failed > 0 ? 1 : code;
		},
	};
}

export const md5sum = sumAs('md5sum', createMd5);
export const sha1sum = sumAs('sha1sum', createSha1);
export const sha256sum = sumAs('sha256sum', createSha256);

export const base64: Tool = {
	name: 'base64',
	usage: '[-d] [-w COL] [FILE]',
	async run(call) {
		const options = call.options({
			short: 'diw:',
			long: { decode: 'd', 'ignore-garbage': 'i', 'wrap=': 'w' },
		});
		const [path = '-'] = options.operands;
		return call.eachFile([path], cannotOpen(call), async () => {
			if (options.has('d')) {
				const text = decode(await call.readAll(path));
				const bare = text.replace(options.has('i') ? /[^A-Za-z0-9+/=]/g : /\n/g, '');
				const valid = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/.exec(bare);
				const usable = valid ? bare : (/^(?:[A-Za-z0-9+/]{4})*/.exec(bare)?.[0] ?? '');
				await call.print(decodeBase64(usable.replace(/=+$/, '')));
				if (!valid) call.fail(call.busybox ? 'invalid input' : 'invalid input');
				return;
			}
			const width = Number(options.value('w') ?? 76);
			let rest: Uint8Array = new Uint8Array(0);
			let column = 0;
			const put = async (data: Uint8Array) => {
				const wait = call.process.step(1 + Math.ceil(data.length / bytesPerStep));
				if (wait) await wait;
				const encoded = encodeBase64(data);
				if (width === 0) return void (await call.print(encoded));
				for (let at = 0; at < encoded.length; ) {
					const part = encoded.slice(at, at + width - column);
					at += part.length;
					column += part.length;
					await call.print(part);
					if (column < width) continue;
					await call.print('\n');
					column = 0;
				}
			};
			for await (const data of call.open(path)) {
				const joined = concat([rest, data]);
				const whole = joined.length - (joined.length % 3);
				await put(joined.subarray(0, whole));
				rest = joined.slice(whole);
			}
			await put(rest);
			if (column > 0) await call.print('\n');
		});
	},
};
