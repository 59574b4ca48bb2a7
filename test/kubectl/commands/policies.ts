// What a kubelet may do, and what policies and rules of a cluster's own allow.

import type { Step } from './step.ts';

const asKubelet = '--as=system:node:node1 --as-group=system:nodes';

export const policyCommands: Step[] = [
	{ run: `kubectl get node node1 ${asKubelet}`, expect: /^node1 +Ready/m },
	{
		run: `kubectl get nodes ${asKubelet}`,
		exit: 1,
		expect: /at the cluster scope: node 'node1' cannot read all nodes, only its own Node object$/m,
	},
	{
		run: `kubectl label node node1 node-restriction.kubernetes.io/team=red ${asKubelet}`,
		exit: 1,
		expect: /is not allowed to modify labels: node-restriction\.kubernetes\.io\/team$/m,
	},
	{
		run: `kubectl auth can-i --list ${asKubelet}`,
		warns: /node authorizer does not support user rule resolution/,
	},
	{ run: 'kubectl apply -f policy.yaml', expect: /validatingadmissionpolicybinding\S*\/names created$/m },
	{ run: 'kubectl get validatingadmissionpolicies', expect: /^names +1 +<unset> +\d+s$/m },
	{ run: 'kubectl get validatingadmissionpolicybindings', expect: /^names +names +<unset> +\d+s$/m },
	{
		run: 'kubectl create configmap forbidden-one',
		exit: 1,
		expect:
			/"forbidden-one" is forbidden: ValidatingAdmissionPolicy 'names' with binding 'names' denied request: not that name$/m,
	},
	{
		run: "sed 's/object.metadata/objekt.metadata/' policy.yaml | kubectl apply -f -",
		exit: 1,
		expect: /compilation failed: ERROR: <input>:1:2: undeclared reference to 'objekt'/,
	},
	{ run: 'kubectl delete -f policy.yaml', expect: /validatingadmissionpolicy\S* "names" deleted/ },
	{
		run: 'kubectl apply -f gadgets.yaml',
		exit: 1,
		expect:
			/x-kubernetes-validations\[0\]\.rule: Invalid value: .*: compilation failed: ERROR: <input>:1:5: undefined field 'colour'$/m,
	},
	{
		run: 'kubectl explain validatingadmissionpolicy.spec.validations.expression',
		expect: /It may look at object/,
	},
];
