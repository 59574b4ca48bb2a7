// What is asked of the cluster as a whole: versions, discovery, nodes, explanations, the kubeconfig.

import type { Step } from './step.ts';

export const clusterCommands: Step[] = [
	{ run: 'kubectl version', expect: /Server Version:.*v1\.36/ },
	{ run: 'kubectl version -o json', expect: /"serverVersion": \{[^}]*"gitVersion": "v1\.36/s },
	{ run: 'kubectl cluster-info', expect: /control plane.* is running at .*https:\/\/127\.0\.0\.1/ },
	{ run: 'kubectl api-versions', expect: /^apps\/v1$.*^v1$/ms },
	{ run: 'kubectl api-resources', expect: /^statefulsets +sts +apps\/v1 +true +StatefulSet$/m },
	{
		run: 'kubectl api-resources --namespaced=false -o name',
		expect: /^namespaces$.*^nodes$.*^persistentvolumes$/ms,
	},
	{
		run: 'kubectl api-resources --api-group=apps -o wide',
		expect:
			/^deployments +deploy +apps\/v1 +true +Deployment +create,delete,deletecollection,get,list,patch,update,watch +all$/m,
	},
	{ run: 'kubectl wait node --all --for=condition=Ready --timeout=30s', expect: /node\/node2 condition met/ },
	{ run: 'kubectl get nodes', expect: /^node1 +Ready +\S+ +\S+ +v1\.36/m },
	{ run: 'kubectl get nodes -o wide', expect: /INTERNAL-IP.*CONTAINER-RUNTIME/ },
	{ run: 'kubectl describe node node1', expect: /^Name: +node1$.*^Allocatable:$.*^Non-terminated Pods:/ms },
	{ run: 'kubectl get --raw /version', expect: /"gitVersion": ?"v1\.36/ },
	{ run: 'kubectl get --raw /healthz', expect: /^ok$/ },
	{
		run: 'kubectl get --raw /api/v1/namespaces/default',
		expect: /"kind": ?"Namespace".*"name": ?"default"/s,
	},
	{ run: 'kubectl get namespaces', expect: /^default +Active .*^kube-system +Active /ms },
	{ run: 'kubectl get services', expect: /^kubernetes +ClusterIP +10\.96\.0\.1 +<none> +443\/TCP/m },
	{ run: 'kubectl explain statefulset', expect: /KIND: +StatefulSet\nVERSION: +v?(apps\/v1|1|v1)/ },
	{ run: 'kubectl explain statefulset.spec.serviceName', expect: /FIELD: serviceName <string>/ },
	{ run: 'kubectl explain pod.spec.containers.resources', expect: /limits\t<map\[string\]Quantity>/ },
	{ run: 'kubectl explain pod.spec.nothing', exit: 1, expect: /field "nothing" does not exist/ },
	{ run: 'kubectl explain deployment.spec.strategy --recursive', expect: /maxSurge\t<IntOrString>/ },
	{ run: 'kubectl get nothing', exit: 1, expect: /the server doesn't have a resource type "nothing"/ },
	{
		run: `: > proxy.log; kubectl proxy --port=0 >> proxy.log & proxy=$!
until grep -q Starting proxy.log; do kill -0 $proxy && sleep 0.05 || exit 9; done
exec 3<>/dev/tcp/127.0.0.1/$(sed 's/.*://' proxy.log); printf 'GET /version HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3; cat <&3
kill $proxy`,
		expect: /"gitVersion": ?"v1\.36/,
	},
	{ run: 'kubectl config current-context', expect: /\S/ },
	{ run: 'kubectl config get-contexts', expect: /CURRENT +NAME +CLUSTER +AUTHINFO +NAMESPACE\n\* / },
	{ run: 'kubectl config view --minify', expect: /server: https:\/\/127\.0\.0\.1/ },
	{ run: 'kubectl config set-context --current --namespace=default', expect: /modified\.$/m },
	{ run: 'kubectl cordon node2', expect: /node\/node2 cordoned/ },
	{ run: 'kubectl get node node2', expect: /Ready,SchedulingDisabled/ },
	{ run: 'kubectl uncordon node2', expect: /node\/node2 uncordoned/ },
	{ run: 'kubectl taint node node2 drive=slow:NoSchedule', expect: /node\/node2 tainted/ },
	{
		run: "kubectl get node node2 -o jsonpath='{.spec.taints[0].key}'",
		expect: /^drive$/,
	},
	{ run: 'kubectl taint node node2 drive-', expect: /node\/node2 untainted/ },
	{ run: 'kubectl label node node2 disk=fast', expect: /node\/node2 labeled/ },
	{ run: 'kubectl get nodes -l disk=fast -o name', expect: /^node\/node2\n$/ },
	{ run: 'kubectl get nodes -L disk', expect: /^NAME .* DISK$.*^node2 .* fast$/ms },
];
