// Header blocks of SPDY/3.1: names and values behind their lengths, compressed by one zlib stream for each
// direction of a connection (SPDY protocol draft 3.1, section 2.6.10).

import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';

/** The words with which both compressors start (section 2.6.10.1): those behind a length, as in a block … */
const words =
	'options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow authorization cache-control connection content-base content-encoding content-language content-length content-location content-md5 content-range content-type date etag expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards pragma proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding upgrade user-agent vary via warning www-authenticate method get status'.split(
		' ',
	);
const pairs = ['200 OK', 'version', 'HTTP/1.1', 'url', 'public', 'set-cookie', 'keep-alive', 'origin'];
/** … and those that just follow each other. */
const rest = [
	'100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505',
	'203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized',
	'403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service Unavailable',
	'Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT',
	'chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,',
	'text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.',
].join('');

function prefixed(text: string): Buffer {
	const content = Buffer.from(text);
	const length = Buffer.alloc(4);
	length.writeUInt32BE(content.length);
	return Buffer.concat([length, content]);
}

export const dictionary = Buffer.concat([...[...words, ...pairs].map(prefixed), Buffer.from(rest)]);

/** How far back deflate refers. */
const windowSize = 32 * 1024;
/** What a block may take when it is inflated. */
const longestBlock = 64 * 1024;
/** What begins a zlib stream that has a dictionary (RFC 1950): deflate, and the dictionary's Adler-32. */
const zlibHeader = Buffer.from('78bbe3c6a7c2', 'hex');

/**
 * One direction of a connection. Each block ends at a byte (a sync flush), so that it can be inflated or deflated
 * by itself, given what came before it as the dictionary.
 */
class CompressionContext {
	#window: Buffer = dictionary;
	started = false;

	get window(): Buffer {
		return this.#window;
	}

	remember(block: Buffer): void {
		this.started = true;
		this.#window = Buffer.concat([this.#window, block]).subarray(-windowSize);
	}
}

/** Reads the header blocks of a connection, all of them and in order. */
export class HeaderReader {
	readonly #context = new CompressionContext();

	/** Names in lower case; several values of one name come joined by commas. Throws where the block is damaged. */
	read(compressed: Buffer): Map<string, string> {
		const block = inflateRawSync(
			this.#context.started ? compressed : compressed.subarray(zlibHeader.length),
			{
				dictionary: this.#context.window,
				finishFlush: constants.Z_SYNC_FLUSH,
				maxOutputLength: longestBlock,
			},
		);
		this.#context.remember(block);
		let at = 0;
		const number = () => {
			at += 4;
			return block.readUInt32BE(at - 4);
		};
		const text = () => {
			const length = number();
			if (at + length > block.length) throw new RangeError('a header is longer than its block');
			at += length;
			return block.toString('utf8', at - length, at);
		};
		const headers = new Map<string, string>();
		for (let left = number(); left > 0; left--) {
			const name = text().toLowerCase();
			headers.set(name, text().replaceAll('\0', ', '));
		}
		return headers;
	}
}

/** Writes the header blocks of a connection. */
export class HeaderWriter {
	readonly #context = new CompressionContext();

	write(headers: ReadonlyMap<string, string>): Buffer {
		const count = Buffer.alloc(4);
		count.writeUInt32BE(headers.size);
		const block = Buffer.concat([count, ...[...headers].flat().map(prefixed)]);
		const compressed = deflateRawSync(block, {
			dictionary: this.#context.window,
			finishFlush: constants.Z_SYNC_FLUSH,
		});
		const first = !this.#context.started;
		this.#context.remember(block);
		return first ? Buffer.concat([zlibHeader, compressed]) : compressed;
	}
}
