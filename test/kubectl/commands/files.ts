// The files that the commands name.

import { createCertificateRequest } from '../../../lab/node/test-certificate-request.ts';

const web = `apiVersion: v1
kind: Service
metadata: {name: web, labels: {app: web}}
spec: {clusterIP: None, selector: {app: web}, ports: [{port: 80, name: http}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web}
spec:
  serviceName: web
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: nginx
        image: nginx:1.27
        ports: [{containerPort: 80, name: http}]
        readinessProbe: {httpGet: {path: /, port: http}, periodSeconds: 1}
`;

const budget = `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 2, selector: {matchLabels: {app: web}}}
`;

const claim = `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: Pod
metadata: {name: writer, labels: {app: writer}}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: main
    image: busybox:1.36
    command: [sh, -c, 'echo kept > /data/file; sleep 1000000']
    volumeMounts: [{name: data, mountPath: /data}]
  volumes:
  - name: data
    persistentVolumeClaim: {claimName: data}
`;

const access = `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: default}
rules: [{apiGroups: [""], resources: [pods], verbs: [get, list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader, namespace: default}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: User, name: jane, apiGroup: rbac.authorization.k8s.io}]
`;

const request = `apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: {name: jane}
spec:
  request: ${btoa(createCertificateRequest('jane').request)}
  signerName: kubernetes.io/kube-apiserver-client
  usages: [client auth]
`;

const policy = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: names}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}]
  validations:
  - expression: "!object.metadata.name.startsWith('forbidden')"
    message: not that name
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: names}
spec: {policyName: names, validationActions: [Deny]}
`;

const gadgets = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gadgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: gadgets, kind: Gadget}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties: {size: {type: integer}}
            x-kubernetes-validations: [{rule: self.colour == 'red'}]
`;

export const files: Readonly<Record<string, string>> = {
	'web.yaml': web,
	'web-scaled.yaml': web.replace('replicas: 2', 'replicas: 3'),
	'budget.yaml': budget,
	'claim.yaml': claim,
	'access.yaml': access,
	'request.yaml': request,
	'policy.yaml': policy,
	'gadgets.yaml': gadgets,
	'unknown.yaml':
		'apiVersion: v1\nkind: Service\nmetadata: {name: bad}\nspec: {colour: red, ports: [{port: 80}]}\n',
	'invalid.yaml':
		'apiVersion: v1\nkind: Pod\nmetadata: {name: Bad_Name}\nspec: {containers: [{name: main, image: ""}]}\n',
	'colours.yaml':
		'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: colours, labels: {set: paint}}\ndata: {one: red, two: green}\n',
	'index.html': '<h1>from a file</h1>\n',
	'base/kustomization.yaml':
		'namePrefix: my-\nresources: [greeting.yaml]\nconfigMapGenerator:\n- name: generated\n  literals: [key=value]\n',
	'base/greeting.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: greeting}\ndata: {say: hello}\n',
};
