// morphy/k8s-mongo-sidecar (github.com/morphy2k/k8s-mongo-sidecar): the fork of cvallance's sidecar that knows
// today's MongoDB: a current driver, and one member a change, as MongoDB asks for since 4.4.
import { nodeLayers } from '../bases/node.ts';
import { createRepository, standardPath } from '../repository.ts';
import { sidecarProgram } from './sidecar.ts';

const nodeVersion = '20.19.5';
const layers = nodeLayers(
	nodeVersion,
	sidecarProgram({
		variables: {
			labels: 'KUBERNETES_POD_LABELS',
			namespace: 'KUBERNETES_NAMESPACE',
			service: 'KUBERNETES_SERVICE_NAME',
			sleepSeconds: 'SIDECAR_SLEEP_SECONDS',
			unhealthySeconds: 'SIDECAR_UNHEALTHY_SECONDS',
		},
		unhealthySeconds: 30,
		defaultService: 'mongo',
		legacyDriver: false,
		oneAtATime: true,
		failure: 'Error in workloop:',
		apiError: (status) => ({ body: status, statusCode: status.code }),
	}),
);

export const k8sMongoSidecar = createRepository({
	name: 'docker.io/morphy/k8s-mongo-sidecar',
	hasTag: (tag) => tag === 'latest' || /^[12]\.\d{1,2}\.\d{1,2}$/.test(tag),
	content: () => ({
		config: {
			entrypoint: [],
			cmd: ['node', '/app.js'],
			env: { PATH: standardPath, NODE_VERSION: nodeVersion, NODE_ENV: 'production' },
			workingDir: '/opt/app',
		},
		layers: [...layers, { opt: { app: {} } }],
		sizeBytes: 52_000_000,
	}),
});
