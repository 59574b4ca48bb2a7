// A lab for the client library: made before a file's tests, gone after them.
import { after, before } from 'node:test';
import { KubeConfig } from '@kubernetes/client-node';
import { createLabHost } from '../../lab/node/host.ts';

/** The configuration that leads to the lab; complete from the first test on. */
export function useLab({ nodes }: { nodes: number }): KubeConfig {
	const host = createLabHost();
	const config = new KubeConfig();
	before(async () => {
		const lab = await host.create({ nodes, pace: 'fast' });
		config.loadFromString(lab.kubeconfig);
	});
	after(() => host.close());
	return config;
}
