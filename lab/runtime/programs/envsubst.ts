// envsubst (gettext): variables of the environment put into text.
import { linesOf } from './lines.ts';
import type { Tool } from './tool.ts';

const reference = /\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/g;

export const envsubst: Tool = {
	name: 'envsubst',
	async run(call) {
		const options = call.options({ short: 'v', long: { variables: 'v' } });
		const [format] = options.operands;
		const named =
			format === undefined
				? undefined
				: new Set([...format.matchAll(reference)].map(([, braced, bare]) => braced ?? bare));
		if (options.has('v')) {
			for (const name of named ?? []) await call.print(`${name}\n`);
			return 0;
		}
		for await (const { text, ended } of linesOf(call.open('-'))) {
			const filled = text.replace(reference, (whole, braced: string, bare: string) =>
				named && !named.has(braced ?? bare) ? whole : (call.process.env.get(braced ?? bare) ?? ''),
			);
			await call.print(filled + (ended ? '\n' : ''));
		}
		return 0;
	},
};
