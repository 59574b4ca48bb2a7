// cvallance/mongo-k8s-sidecar (github.com/cvallance/mongo-k8s-sidecar): builds a replica set of the MongoDB pods
// that it finds through the API server. It has the driver of its time, and changes all members at once.
import { nodeLayers } from '../bases/node.ts';
import { createRepository, standardPath } from '../repository.ts';
import { sidecarProgram } from './sidecar.ts';

const nodeVersion = '8.17.0';
const layers = nodeLayers(
	nodeVersion,
	sidecarProgram({
		variables: {
			labels: 'MONGO_SIDECAR_POD_LABELS',
			namespace: 'KUBE_NAMESPACE',
			service: 'KUBERNETES_MONGO_SERVICE_NAME',
			sleepSeconds: 'MONGO_SIDECAR_SLEEP_SECONDS',
			unhealthySeconds: 'MONGO_SIDECAR_UNHEALTHY_SECONDS',
		},
		unhealthySeconds: 15,
		defaultService: undefined,
		legacyDriver: true,
		oneAtATime: false,
		failure: 'Error in workloop',
		apiError: (status) => ({ message: status, statusCode: status.code }),
	}),
);

export const mongoK8sSidecar = createRepository({
	name: 'docker.io/cvallance/mongo-k8s-sidecar',
	hasTag: (tag) => tag === 'latest',
	content: () => ({
		config: {
			entrypoint: [],
			cmd: ['node', '/app.js'],
			env: { PATH: standardPath, NODE_VERSION: nodeVersion },
			workingDir: '/opt/cvallance/mongo-k8s-sidecar',
		},
		layers: [...layers, { opt: { cvallance: { 'mongo-k8s-sidecar': {} } } }],
		sizeBytes: 26_200_000,
	}),
});
