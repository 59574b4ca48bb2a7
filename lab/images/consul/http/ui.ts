// /ui: a small page where Consul has an application; nodes and keys as they are now.
import { escapeHtml } from '../../escape-html.ts';
import type { CatalogNode, KeyValue } from '../server/state.ts';
import { type Answer, type ApiCall, ApiError, type Route } from './route.ts';

async function page({ agent, call }: ApiCall): Promise<Answer> {
	if (!agent.configuration.ui)
		throw new ApiError(404, 'Invalid URL path: not a recognized HTTP API endpoint');
	const { nodes } = (await call('Catalog.ListNodes', {})) as { nodes: CatalogNode[] };
	const { entries } = (await call('KVS.List', { prefix: '' })) as { entries: KeyValue[] };
	const leader = (await call('Status.Leader', {})) as string;
	const nodeItems = nodes.map(({ name, address }) => {
		const mark = leader.startsWith(`${address}:`) ? ' (leader)' : '';
		return `<li>${escapeHtml(name)} ${address}${mark}</li>`;
	});
	const keyItems = entries.map(({ key }) => `<li>${escapeHtml(key)}</li>`);
	const { datacenter } = agent.configuration;
	return {
		type: 'text/html; charset=utf-8',
		text: `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Consul by HashiCorp</title></head>
<body>
<h1>Consul: ${escapeHtml(datacenter)}</h1>
<h2>Nodes</h2>
<ul>${nodeItems.join('')}</ul>
<h2>Key/Value</h2>
<ul>${keyItems.join('')}</ul>
</body>
</html>
`,
	};
}

export const uiRoutes: readonly Route[] = [
	{
		method: 'GET',
		path: '/',
		answer({ agent, rest }) {
			if (rest !== '' || !agent.configuration.ui)
				throw new ApiError(404, 'Invalid URL path: not a recognized HTTP API endpoint');
			return { status: 301, headers: [['Location', '/ui/']] };
		},
	},
	{ method: 'GET', path: '/ui/', answer: page },
	{ method: 'GET', path: '/ui', answer: () => ({ status: 301, headers: [['Location', '/ui/']] }) },
];
