// Valid objects to begin with.

export interface Seedling {
	/** Of its resource, without a namespace. */
	path: string;
	namespaced: boolean;
	object: Record<string, unknown>;
}

const container = {
	name: 'c',
	image: 'nginx:1.27',
	ports: [{ containerPort: 80, name: 'http' }, { containerPort: 81 }],
	env: [
		{ name: 'A', value: '1' },
		{ name: 'B', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
	],
	resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '128Mi' } },
	readinessProbe: { httpGet: { path: '/', port: 'http' }, periodSeconds: 5 },
	volumeMounts: [{ name: 'data', mountPath: '/data' }],
};

const podSpec = {
	containers: [container],
	initContainers: [{ name: 'init', image: 'busybox', command: ['true'] }],
	volumes: [
		{ name: 'data', emptyDir: {} },
		{ name: 'config', configMap: { name: 'a', items: [{ key: 'k', path: 'k' }] } },
	],
	tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoSchedule' }],
	affinity: {
		podAntiAffinity: {
			preferredDuringSchedulingIgnoredDuringExecution: [
				{
					weight: 1,
					podAffinityTerm: {
						topologyKey: 'kubernetes.io/hostname',
						labelSelector: { matchLabels: { app: 'web' } },
					},
				},
			],
		},
	},
};

const template = { metadata: { labels: { app: 'web' } }, spec: podSpec };
const selector = { matchLabels: { app: 'web' } };
const metadata = { name: 'a', labels: { app: 'web' }, annotations: { note: 'x' } };

const seedling = (
	apiVersion: string,
	plural: string,
	kind: string,
	content: object,
	namespaced = true,
): Seedling => ({
	path: `${apiVersion.includes('/') ? '/apis' : '/api'}/${apiVersion}/${plural}`,
	namespaced,
	object: { apiVersion, kind, metadata, ...content },
});

const cronSchema = {
	type: 'object',
	properties: {
		spec: {
			type: 'object',
			required: ['size'],
			properties: {
				size: { type: 'integer', minimum: 0, default: 1 },
				text: { type: 'string', pattern: '^(a|b)*$' },
				any: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
				list: {
					type: 'array',
					'x-kubernetes-list-type': 'map',
					'x-kubernetes-list-map-keys': ['name'],
					items: {
						type: 'object',
						required: ['name'],
						properties: { name: { type: 'string' }, port: { 'x-kubernetes-int-or-string': true } },
					},
				},
			},
		},
		status: { type: 'object', properties: { replicas: { type: 'integer' } } },
	},
};

/** The kind of the custom objects below. */
export const widgets = {
	apiVersion: 'apiextensions.k8s.io/v1',
	kind: 'CustomResourceDefinition',
	metadata: { name: 'widgets.example.com' },
	spec: {
		group: 'example.com',
		scope: 'Namespaced',
		names: { plural: 'widgets', singular: 'widget', kind: 'Widget' },
		versions: [
			{
				name: 'v1',
				served: true,
				storage: true,
				schema: { openAPIV3Schema: cronSchema },
				subresources: {
					status: {},
					scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.replicas' },
				},
				additionalPrinterColumns: [
					{ name: 'Size', type: 'integer', jsonPath: '.spec.size' },
					{ name: 'First', type: 'string', jsonPath: '.spec.list[?(@.name=="a")].port' },
				],
			},
		],
	},
};

export const objects: readonly Seedling[] = [
	seedling('v1', 'configmaps', 'ConfigMap', { data: { k: 'v' }, binaryData: { b: 'AQL/' } }),
	seedling('v1', 'secrets', 'Secret', { stringData: { k: 'v' }, type: 'Opaque' }),
	seedling('v1', 'pods', 'Pod', { spec: podSpec }),
	seedling('v1', 'pods', 'Pod', { spec: { containers: [{ name: 'c', image: 'nginx' }] } }),
	seedling('v1', 'services', 'Service', {
		spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
	}),
	seedling('v1', 'services', 'Service', {
		spec: { clusterIP: 'None', ports: [{ port: 80 }], publishNotReadyAddresses: true },
	}),
	seedling('v1', 'persistentvolumeclaims', 'PersistentVolumeClaim', {
		spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
	}),
	seedling(
		'v1',
		'persistentvolumes',
		'PersistentVolume',
		{ spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/tmp' } } },
		false,
	),
	seedling('apps/v1', 'statefulsets', 'StatefulSet', {
		spec: {
			serviceName: 'web',
			replicas: 2,
			selector,
			template,
			volumeClaimTemplates: [
				{
					metadata: { name: 'data' },
					spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
				},
			],
		},
	}),
	seedling('apps/v1', 'deployments', 'Deployment', { spec: { replicas: 2, selector, template } }),
	seedling('apps/v1', 'replicasets', 'ReplicaSet', { spec: { replicas: 1, selector, template } }),
	seedling('apps/v1', 'daemonsets', 'DaemonSet', { spec: { selector, template } }),
	seedling('batch/v1', 'jobs', 'Job', {
		spec: {
			completions: 2,
			template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } },
		},
	}),
	seedling('networking.k8s.io/v1', 'ingresses', 'Ingress', {
		spec: {
			rules: [
				{
					host: 'a.example.com',
					http: {
						paths: [
							{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } },
						],
					},
				},
			],
		},
	}),
	seedling('storage.k8s.io/v1', 'storageclasses', 'StorageClass', { provisioner: 'example.com/x' }, false),
	seedling('rbac.authorization.k8s.io/v1', 'roles', 'Role', {
		rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
	}),
	seedling('policy/v1', 'poddisruptionbudgets', 'PodDisruptionBudget', {
		spec: { minAvailable: 1, selector },
	}),
	seedling('autoscaling/v2', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', {
		spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'a' } },
	}),
	seedling('v1', 'nodes', 'Node', { spec: { podCIDR: '10.244.0.0/24' } }, false),
	seedling('v1', 'namespaces', 'Namespace', {}, false),
	seedling(
		'apiextensions.k8s.io/v1',
		'customresourcedefinitions',
		'CustomResourceDefinition',
		widgets,
		false,
	),
	seedling('example.com/v1', 'widgets', 'Widget', {
		spec: { size: 1, text: 'ab', any: { x: [1] }, list: [{ name: 'a', port: 80 }] },
	}),
	seedling('v1', 'replicationcontrollers', 'ReplicationController', {
		spec: { replicas: 1, selector: { app: 'web' }, template },
	}),
	seedling('v1', 'serviceaccounts', 'ServiceAccount', { imagePullSecrets: [{ name: 'a' }] }),
	seedling('v1', 'endpoints', 'Endpoints', {
		subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 80 }] }],
	}),
	seedling('v1', 'resourcequotas', 'ResourceQuota', { spec: { hard: { pods: '100', 'requests.cpu': '4' } } }),
	seedling('v1', 'limitranges', 'LimitRange', {
		spec: { limits: [{ type: 'Container', default: { cpu: '1' }, max: { cpu: '2' } }] },
	}),
	seedling('v1', 'events', 'Event', {
		involvedObject: { kind: 'Pod', name: 'a', namespace: 'default' },
		reason: 'Tested',
		message: 'x',
		type: 'Normal',
	}),
	seedling('batch/v1', 'cronjobs', 'CronJob', {
		spec: {
			schedule: '*/5 * * * *',
			jobTemplate: {
				spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } } },
			},
		},
	}),
	seedling('networking.k8s.io/v1', 'networkpolicies', 'NetworkPolicy', {
		spec: { podSelector: selector, ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 80 }] }] },
	}),
	seedling('discovery.k8s.io/v1', 'endpointslices', 'EndpointSlice', {
		addressType: 'IPv4',
		endpoints: [{ addresses: ['10.0.0.1'] }],
		ports: [{ port: 80 }],
	}),
	seedling('coordination.k8s.io/v1', 'leases', 'Lease', { spec: { holderIdentity: 'a' } }),
	seedling('scheduling.k8s.io/v1', 'priorityclasses', 'PriorityClass', { value: 5 }, false),
	seedling(
		'rbac.authorization.k8s.io/v1',
		'clusterroles',
		'ClusterRole',
		{ rules: [{ nonResourceURLs: ['/healthz'], verbs: ['get'] }] },
		false,
	),
	seedling('rbac.authorization.k8s.io/v1', 'rolebindings', 'RoleBinding', {
		roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'a' },
		subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'default' }],
	}),
	seedling('autoscaling/v1', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', {
		spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'a' } },
	}),
	seedling(
		'authorization.k8s.io/v1',
		'subjectaccessreviews',
		'SubjectAccessReview',
		{ spec: { user: 'a', resourceAttributes: { verb: 'get', resource: 'pods' } } },
		false,
	),
	seedling(
		'storage.k8s.io/v1',
		'csinodes',
		'CSINode',
		{ spec: { drivers: [{ name: 'x', nodeID: 'a' }] } },
		false,
	),
	seedling(
		'certificates.k8s.io/v1',
		'certificatesigningrequests',
		'CertificateSigningRequest',
		{
			spec: { request: 'AQL/', signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] },
		},
		false,
	),
];
