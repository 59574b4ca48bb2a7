// What the server refuses, in its words, and what it only rehearses.

import type { Step } from './step.ts';

const immutablePod =
	/spec: Forbidden: pod updates may not change fields other than `spec\.containers\[\*\]\.image`,.*\n@@ -\d+,7 \+\d+,9 @@\n {3}\{\n {4}"Name": "refused",\n {4}"Image": "nginx:1\.27",\n- {3}"Command": null,\n\+ {3}"Command": \[\n\+ {4}"sh"\n\+ {3}\],\n/;

export const refusalCommands: Step[] = [
	{ run: 'kubectl run refused --image=nginx:1.27', expect: /pod\/refused created/ },
	{ run: 'kubectl wait --for=condition=Ready pod/refused', expect: /condition met/ },
	{
		run: `kubectl patch pod refused -p '{"spec":{"containers":[{"name":"refused","command":["sh"]}]}}'`,
		exit: 1,
		expect: immutablePod,
	},
	{
		run: `kubectl patch pod refused -p '{"metadata":{"finalizers":["short"]}}'`,
		exit: 1,
		expect:
			/^The Pod "refused" is invalid: metadata\.finalizers\[0\]: Invalid value: "short": name is neither a standard finalizer name nor is it fully qualified$/m,
	},
	{
		run: `kubectl patch pod refused -p '{"metadata":{"deletionTimestamp":"2020-01-01T00:00:00Z"}}'`,
		exit: 1,
		expect: /metadata\.deletionTimestamp: Invalid value: "2020-01-01T00:00:00Z": field is immutable$/m,
	},
	{
		run: `kubectl patch pod refused -p '{"metadata":{"ownerReferences":[{"apiVersion":"v1","kind":"Pod","name":"","uid":"u"}]}}'`,
		exit: 1,
		expect: /metadata\.ownerReferences\[0\]\.name: Required value: must not be empty/,
	},
	{
		run: "kubectl get pods --field-selector='status.phase in (Running)'",
		exit: 1,
		expect:
			/invalid selector: 'status\.phase in \(Running\)'; can't understand 'status\.phase in \(Running\)'/,
	},
	{
		run: 'kubectl get pods --field-selector=spec.image=nginx',
		exit: 1,
		expect: /: field label not supported: spec\.image$/m,
	},
	{
		run: 'kubectl get jobs --field-selector=status.phase=x',
		exit: 1,
		expect: /: field label "status\.phase" not supported for batchv1\.Job$/m,
	},
	{
		run: 'kubectl get pods --field-selector=status.phase==Running,metadata.name!=other -o name',
		expect: /^pod\/refused$/m,
	},
	{
		run: `kubectl run windows --image=nginx:1.27 --overrides='{"spec":{"os":{"name":"plan9"},"hostPID":true,"hostUsers":false}}'`,
		exit: 1,
		expect:
			/spec\.HostPID: Forbidden: when `pod\.Spec\.HostUsers` is false\n.*spec\.os: Unsupported value: "plan9": supported values: "linux", "windows"/,
	},
	{
		run: `kubectl run volumes --image=nginx:1.27 --overrides='{"spec":{"volumes":[{"name":"v","nfs":{"server":"s","path":"p"}}]}}'`,
		exit: 1,
		expect: /spec\.volumes\[0\]\.nfs\.path: Invalid value: "p": must be an absolute path$/m,
	},
	{
		run: 'kubectl expose pod refused --port=80 --dry-run=server -o jsonpath={.spec.clusterIP}',
		expect: /^10\.96\./,
	},
	{ run: 'kubectl get service refused', exit: 1, expect: /services "refused" not found/ },
	{
		run: 'kubectl label pod refused a=b --dry-run=server',
		expect: /pod\/refused labeled \(server dry run\)/,
	},
	{ run: 'kubectl get pod refused -L a', expect: /^refused( +\S+){4} +$/m },
	{
		run: 'kubectl delete pods --field-selector=metadata.name=refused --dry-run=server',
		expect: /pod "refused" deleted.*\(server dry run\)/,
	},
	{ run: 'kubectl get pod refused -o name', expect: /^pod\/refused$/m },
	{
		run: "kubectl delete --raw '/api/v1/namespaces/default/configmaps?propagationPolicy=Later&dryRun=All'",
		exit: 1,
		expect:
			/propagationPolicy: Unsupported value: "Later": supported values: "Foreground", "Background", "Orphan", "nil"/,
	},
	{
		run: `kubectl patch pod refused --subresource=resize -p '{"spec":{"containers":[{"name":"refused","resources":{"requests":{"cpu":"1"}}}]}}'`,
		exit: 1,
		expect: /spec: Invalid value: "BestEffort": Pod QOS Class may not change as a result of resizing/,
		since: 32,
	},
	{
		run: 'kubectl get endpoints kubernetes',
		expect: /^kubernetes +\S+:6443/m,
		warns: /Warning: v1 Endpoints is deprecated in v1\.33\+; use discovery\.k8s\.io\/v1 EndpointSlice/,
	},
	{ run: 'kubectl delete pod refused --now', expect: /pod "refused" deleted/ },
];
