// Output under load: nothing lost, nobody stalled, and memory flat.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { RunningServer } from '../server.ts';
import { chapter, course } from '../testing/course.ts';
import { TestPage } from '../testing/page.ts';
import { startTestServer } from '../testing/server.ts';

const manifest = course(chapter({}));
const flood = 'head -c 1200000 /dev/zero | base64 -w 120';
const endless = 'base64 -w 120 /dev/zero';
const prompts = (text: string) => text.split('\x1b]133;B').length - 1;

describe('output', () => {
	let server: RunningServer;
	before(async () => {
		server = await startTestServer(manifest);
	});
	after(() => server.close());

	it('is byte-exact for a page that comes and goes while it floods', async () => {
		const page = await TestPage.open(server.url, manifest);
		const terminal = await page.openTerminal();
		const steady = await page.another();
		steady.send({ type: 'attach', terminal, offset: 0 });
		page.type(terminal, `${flood}\r`);
		const parts: Buffer[] = [];
		let offset = 0;
		const complete = () => prompts(Buffer.concat(parts).toString('latin1')) >= 2;
		for (let round = 0; round < 200 && !complete(); round++) {
			const visitor = await page.another();
			visitor.send({ type: 'attach', terminal, offset });
			await visitor.until(() => {
				const seen = visitor.output.get(terminal);
				return seen !== undefined && (seen.end > offset + 150_000 || prompts(visitor.textOf(terminal)) > 0);
			}, 'more output');
			visitor.cut();
			const seen = visitor.output.get(terminal)!;
			parts.push(...seen.text);
			offset = seen.end;
		}
		await steady.until(() => prompts(steady.textOf(terminal)) >= 2, 'the prompt');
		const pieced = Buffer.concat(parts);
		assert.ok(pieced.length > 1_600_000);
		const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
		const whole = Buffer.concat(steady.output.get(terminal)!.text).subarray(0, pieced.length);
		assert.equal(digest(pieced), digest(whole));
		steady.close();
		page.close();
	});

	it('is paused for a page that does not acknowledge, and kept flat', async () => {
		const page = await TestPage.open(server.url, manifest);
		const terminal = await page.openTerminal();
		page.acknowledge = false;
		page.type(terminal, `${endless}\r`);
		const received = () => page.output.get(terminal)?.end ?? 0;
		await page.until(() => received() >= 100_000, 'output up to the pause');
		const other = await page.another();
		// What was printed, told by the server itself, stands still once the tty's own buffer is full.
		const printed = async () => {
			const again = await page.another();
			const { terminals } = await again.next('ready');
			again.close();
			return terminals[0].offset;
		};
		let before = -1;
		for (let now = await printed(); now !== before; now = await printed()) before = now;
		assert.ok(before < 2 << 20, `${before} bytes were read for nobody`);
		assert.ok(received() < 120_000);
		page.acknowledge = true;
		page.acknowledgeAll(terminal);
		await page.until(() => received() > 400_000, 'more output');
		other.close();
		page.type(terminal, '\x03');
		await page.stateOf(terminal, 'idle');
		page.close();
	});

	it('goes on for one page while another hangs, which is given the screen later', async () => {
		const page = await TestPage.open(server.url, manifest);
		const terminal = await page.openTerminal();
		const hung = await page.another();
		hung.acknowledge = false;
		hung.send({ type: 'attach', terminal, offset: 0 });
		page.type(terminal, `${endless}\r`);
		await page.until(() => (page.output.get(terminal)?.end ?? 0) > 6_000_000, 'a flood', 30_000);
		page.type(terminal, '\x03');
		await page.stateOf(terminal, 'idle');
		page.type(terminal, 'echo the-end\r');
		await page.until(() => page.textOf(terminal).includes('\r\n'), 'the echo');
		const seen = hung.output.get(terminal)!;
		assert.ok(seen.end < 120_000);
		hung.acknowledgeAll(terminal);
		const snapshot = await hung.next('snapshot');
		assert.ok(snapshot.offset > 6_000_000);
		assert.ok(snapshot.data.includes('AAAA'));
		hung.close();
		page.close();
	});

	it('goes on without any page', async () => {
		const page = await TestPage.open(server.url, manifest);
		const terminal = await page.openTerminal();
		page.type(terminal, `${flood}; ${flood}; echo over\r`);
		await page.stateOf(terminal, 'busy');
		page.send({ type: 'detach', terminal });
		await page.stateOf(terminal, 'idle');
		const from = page.messages.length;
		page.send({ type: 'attach', terminal, offset: 0 });
		const snapshot = await page.next('snapshot', () => true, from);
		assert.match(snapshot.data, /over/);
		page.close();
	});

	it('answers an attach to which there is nothing to send', async () => {
		const page = await TestPage.open(server.url, manifest);
		const terminal = await page.openTerminal();
		const { end } = page.output.get(terminal)!;
		const other = await page.another();
		other.send({ type: 'attach', terminal, offset: end });
		await other.until(() => other.output.get(terminal)?.end === end, 'an answer');
		other.close();
		page.close();
	});

	it('leaves other terminals quick while input is not read', async () => {
		const page = await TestPage.open(server.url, manifest);
		const deaf = await page.openTerminal('deaf');
		const terminal = await page.openTerminal();
		page.type(deaf, 'stty raw -echo; sleep 60\r');
		await page.stateOf(deaf, 'busy');
		const before = process.cpuUsage();
		for (let count = 0; count < 5; count++) page.type(deaf, 'x'.repeat(60_000));
		assert.equal((await page.next('error')).code, 'too-large');
		page.type(terminal, 'echo $((6*7))\r');
		await page.until(() => page.textOf(terminal).includes('42'), 'the other terminal');
		const used = process.cpuUsage(before);
		assert.ok(used.user + used.system < 1_000_000, 'the queue kept the processor busy');
		page.close();
	});
});
