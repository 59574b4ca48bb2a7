// What an operator does: budgets that stop a drain, autoscaling, metrics, addresses from outside, priorities.

import type { Step } from './step.ts';

const expectLine = (...cells: string[]) => new RegExp(`^${cells.join(' +')}(?: |$)`, 'm');

export const operationCommands: Step[] = [
	{ run: 'kubectl create deployment shop --image=nginx:1.27 --replicas=2', expect: /created/ },
	{
		run: 'kubectl set resources deployment shop --requests=cpu=10m',
		expect: /resource requirements updated/,
	},
	{ run: 'kubectl rollout status deployment shop --timeout=60s' },
	{ run: 'kubectl wait pod -l app=shop --for=condition=Ready --timeout=60s' },
	{
		run: 'kubectl create pdb shop --selector=app=shop --min-available=2',
		expect: /poddisruptionbudget\.policy\/shop created/,
	},
	{
		run: "kubectl wait pdb/shop --for=jsonpath='{.status.currentHealthy}'=2 --timeout=30s",
		expect: /condition met/,
	},
	{ run: 'kubectl get pdb shop', expect: expectLine('shop', '2', 'N/A', '0', '\\S+') },
	{
		run: 'kubectl describe pdb shop',
		expect:
			/Min available: +2\nSelector: +app=shop\nStatus:\n +Allowed disruptions: +0\n +Current: +2\n +Desired: +2\n +Total: +2\n/,
	},
	{
		run: 'kubectl drain node1 node2 --timeout=2s',
		exit: 1,
		expect:
			/error when evicting pods\/"shop-\S+" -n "default" \(will retry after 5s\): Cannot evict pod as it would violate the pod's disruption budget\./,
	},
	{ run: 'kubectl get nodes', expect: /^node1 +Ready,SchedulingDisabled /m },
	{ run: 'kubectl uncordon node1 node2', expect: /node\/node1 uncordoned\nnode\/node2 uncordoned/ },
	{ run: 'kubectl delete pdb shop', expect: /deleted/ },
	{ run: 'kubectl drain node1 --dry-run=server', expect: /node\/node1 drained \(server dry run\)/ },
	{ run: 'kubectl get nodes', expect: /^node1 +Ready +/m },
	{
		run: 'kubectl run alone --image=nginx:1.27 --overrides=\'{"spec":{"nodeName":"node2"}}\' && kubectl wait pod alone --for=condition=Ready --timeout=30s',
		expect: /condition met/,
	},
	{
		run: 'kubectl drain node2',
		exit: 1,
		expect: /cannot delete .*declare no controller \(use --force to override\): default\/alone/,
	},
	{
		run: 'kubectl drain node2 --force --grace-period=1 --timeout=60s',
		expect: /pod\/alone evicted\n(.*\n)*node\/node2 drained/,
		warns: /[Dd]eleting Pods that declare no controller: default\/alone/,
	},
	{ run: 'kubectl uncordon node2', expect: /uncordoned/ },
	{
		run: 'kubectl expose deployment shop --port=80 --type=LoadBalancer',
		expect: /service\/shop exposed/,
	},
	{
		run: "kubectl wait service/shop --for=jsonpath='{.status.loadBalancer.ingress[0].ip}'=172.18.255.200 --timeout=30s",
	},
	{
		run: 'kubectl get service shop',
		expect: expectLine(
			'shop',
			'LoadBalancer',
			'10\\.96\\.\\d+\\.\\d+',
			'172\\.18\\.255\\.200',
			'80:\\d+/TCP',
		),
	},
	{
		run: 'kubectl describe service shop',
		expect: /EnsuredLoadBalancer +\S+ +service-controller +Ensured load balancer/,
	},
	{
		run: 'kubectl create ingress shop --rule="shop.example/*=shop:80"',
		expect: /ingress\.networking\.k8s\.io\/shop created/,
	},
	{
		run: "kubectl wait ingress/shop --for=jsonpath='{.status.loadBalancer.ingress[0].ip}'=172.18.0.2 --timeout=30s",
	},
	{
		run: 'kubectl get ingress shop',
		expect: expectLine('shop', 'nginx', 'shop\\.example', '172\\.18\\.0\\.2', '80'),
	},
	{
		run: 'kubectl autoscale deployment shop --min=1 --max=3 --cpu-percent=50',
		expect: /horizontalpodautoscaler\.autoscaling\/shop autoscaled/,
	},
	{
		run: 'kubectl wait hpa/shop --for=condition=ScalingActive --timeout=60s',
		expect: /condition met/,
	},
	{
		run: 'kubectl get hpa shop',
		expect: expectLine('shop', 'Deployment/shop', 'cpu: \\d+%/50%', '1', '3', '2'),
	},
	{
		run: 'kubectl describe hpa shop',
		expect: /resource cpu on pods +\(as a percentage of request\): +\d+% \(\w+\) \/ 50%/,
	},
	{
		run: "kubectl get horizontalpodautoscalers.v1.autoscaling shop -o jsonpath='{.spec.targetCPUUtilizationPercentage}'",
		expect: /^50$/,
	},
	{ run: 'kubectl top nodes', expect: expectLine('node1', '\\d+m', '\\d+%', '\\d+Mi', '\\d+%') },
	{
		run: 'kubectl top pods -l app=shop --containers',
		expect: expectLine('shop-\\S+', 'nginx', '\\d+m', '\\d+Mi'),
	},
	{
		run: 'kubectl top pod nobody',
		exit: 1,
		expect: /^Error from server \(NotFound\): podmetrics\.metrics\.k8s\.io "default\/nobody" not found$/m,
	},
	{
		run: 'kubectl get events.events.k8s.io --field-selector reason=Sync',
		expect: /ingress\/shop +Scheduled for sync/,
	},
	{
		run: 'kubectl delete deployment,service,ingress,hpa shop',
		expect: /horizontalpodautoscaler\.autoscaling "shop" deleted/,
	},
];
