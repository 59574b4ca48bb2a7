// Every shell of the host, with its marks.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { createPtyBackend } from './pty.ts';
import { findShell, type Shell } from './shell.ts';
import { Terminal } from './terminal.ts';

const found = findShell(process.env.PATH ?? '');
const zsh = ['/bin/zsh', '/usr/bin/zsh'].find((file) => existsSync(file));
const shells: Shell[] = [{ name: 'sh', file: '/bin/sh' }];
if (found.name === 'bash') shells.push(found);
if (zsh) shells.push({ name: 'zsh', file: zsh });

const folder = mkdtempSync(join(tmpdir(), 'slidecar-test-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function open(shell: Shell, exited: (exitCode: number) => void = () => {}): Terminal {
	return new Terminal(
		{
			number: 1,
			chapter: 'test',
			name: 'main',
			directory: folder,
			environment: {
				PATH: process.env.PATH ?? '',
				HOME: folder,
				TERM: 'xterm-256color',
				SLIDECAR_FOLDER: folder,
			},
			columns: 80,
			rows: 24,
		},
		createPtyBackend(shell),
		{ changed: () => {}, exited },
	);
}

const encoder = new TextEncoder();

for (const shell of shells) {
	describe(shell.file, () => {
		/** Types a line and waits until the shell has answered it. */
		async function enter(terminal: Terminal, text: string): Promise<number | undefined> {
			const { ended } = terminal;
			terminal.write(encoder.encode(text));
			const done = () => terminal.ended > ended && terminal.state === 'idle';
			assert.ok(await terminal.until(done, 10_000), `${text} did not end`);
			return terminal.last?.exitCode;
		}

		it('tells exit codes, and where nothing ran', async (test) => {
			const terminal = open(shell);
			test.after(() => terminal.close());
			assert.ok(await terminal.until(() => terminal.state === 'idle', 10_000), 'no prompt');
			assert.equal(terminal.last, undefined);
			assert.equal(await enter(terminal, 'true\r'), 0);
			assert.equal(await enter(terminal, '(exit 7)\r'), 7);
			assert.equal(await enter(terminal, "sh -c 'kill -9 $$'\r"), 137);
			assert.equal(terminal.screen.cursorLine(), '$ ');
			if (shell.name !== 'sh') assert.equal(await enter(terminal, 'half\x03'), undefined);
			assert.equal(await enter(terminal, 'true\r'), 0);
		});

		it('tells a command that was interrupted or stopped', async (test) => {
			const terminal = open(shell);
			test.after(() => terminal.close());
			await terminal.until(() => terminal.state === 'idle', 10_000);
			for (const [key, code] of [
				['\x03', 130],
				['\x1a', 148],
			] as const) {
				const { ended } = terminal;
				terminal.write(encoder.encode("sh -c 'echo st''arted; exec sleep 60'\r"));
				await terminal.until(
					() => terminal.screen.textFrom({ line: 0, isDisposed: false }).includes('\nstarted'),
					10_000,
				);
				assert.equal(terminal.state, 'busy');
				const done = () => terminal.ended > ended && terminal.state === 'idle';
				for (let tries = 0; tries < 5 && terminal.ended === ended; tries++) {
					terminal.write(encoder.encode(key));
					await terminal.until(done, 1_000);
				}
				assert.equal(terminal.last?.exitCode, code);
				await enter(terminal, 'clear\r');
			}
		});

		it('is not deceived by marks that a command prints', async (test) => {
			const terminal = open(shell);
			test.after(() => terminal.close());
			await terminal.until(() => terminal.state === 'idle', 10_000);
			const { ended } = terminal;
			terminal.write(
				encoder.encode("printf '\\033]133;D;0\\007\\033]133;D;0;aid=x\\007\\033]133;B\\007'; (exit 5)\r"),
			);
			await terminal.until(() => terminal.ended > ended && terminal.state === 'idle', 10_000);
			assert.equal(terminal.last?.exitCode, 5);
			assert.equal(terminal.ended, ended + 1);
			assert.equal(await enter(terminal, '[ -z "$SLIDECAR_NONCE" ]\r'), 0);
		});

		it('tells its own end', async () => {
			const codes: number[] = [];
			const terminal = open(shell, (code) => codes.push(code));
			assert.ok(await terminal.until(() => terminal.state === 'idle', 10_000), 'no prompt');
			terminal.write(encoder.encode('exit 3\r'));
			assert.equal(await terminal.until(() => terminal.ended > 99, 10_000), false);
			assert.equal(terminal.state, 'exited');
			assert.deepEqual(codes, [3]);
		});
	});
}
