import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OptionError, readOptions } from './options.ts';

const read = (...parameters: string[]) => readOptions(parameters, '/project');

describe('readOptions', () => {
	it('serves the embedded lab on loopback by default', () => {
		const options = read();
		assert.deepEqual(
			[options.lab, options.host, options.port, options.pace, options.content, options.accessCode],
			['embedded', '127.0.0.1', 4321, 'real', '/project/content', undefined],
		);
	});

	it('refuses to listen beyond loopback without an access code', () => {
		for (const host of ['0.0.0.0', '::', '192.168.1.2', 'example.org', '127.0.0.1.example.org'])
			assert.throws(() => read('--host', host), /Add --access-code/, host);
		for (const host of ['127.0.0.1', '127.1.2.3', 'localhost', '::1'])
			assert.equal(read('--host', host).host, host);
		assert.equal(read('--host', '0.0.0.0', '--access-code', 'secret').accessCode, 'secret');
	});

	it('says what is wrong, and the mend', () => {
		for (const [parameters, message] of [
			[['--lab', 'minikube'], /--lab minikube: it is one of embedded, kubeconfig, none/],
			[['--port', 'http'], /--port http: it is a number/],
			[['--port', '70000'], /from 0 to 65535/],
			[['--pace', 'slow'], /one of real, fast/],
			[['--kubeconfig', 'file'], /is for --lab kubeconfig/],
			[['--site-origin', 'courses'], /such as https/],
			[['--access-code', ''], /--access-code is empty/],
			[['--nonsense'], /See --help/],
			[['stray'], /See --help/],
		] as const)
			assert.throws(
				() => read(...parameters),
				(error) => error instanceof OptionError && message.test(error.message),
				parameters.join(' '),
			);
	});

	it('takes the origin of each site', () => {
		const sites = ['--site-origin', 'https://a.example/course/', '--site-origin', 'http://b.example:8080'];
		assert.deepEqual(read(...sites).siteOrigins, ['https://a.example', 'http://b.example:8080']);
	});
});
