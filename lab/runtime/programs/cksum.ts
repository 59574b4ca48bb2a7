// cksum: the checksum of POSIX, a CRC over the bytes and their number.
import { cannotOpen, type Tool } from './tool.ts';

const polynomial = 0x04c11db7;
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
	let crc = byte << 24;
	for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ polynomial : crc << 1;
	return crc;
});
/** How much is summed in a step. */
const bytesPerStep = 256;

export const cksum: Tool = {
	name: 'cksum',
	usage: 'FILE...',
	run(call) {
		const { operands } = call.options({});
		return call.eachFile(operands, cannotOpen(call), async (path) => {
			let crc = 0;
			let length = 0;
			const add = (byte: number) => {
				crc = (crc << 8) ^ table[(crc >>> 24) ^ byte];
			};
			for await (const data of call.open(path)) {
				for (const byte of data) add(byte);
				length += data.length;
				const wait = call.process.step(Math.ceil(data.length / bytesPerStep));
				if (wait) await wait;
			}
			for (let left = length; left > 0; left = Math.floor(left / 256)) add(left % 256);
			await call.print(`${~crc >>> 0} ${length}${operands.length > 0 ? ` ${path}` : ''}\n`);
		});
	},
};
