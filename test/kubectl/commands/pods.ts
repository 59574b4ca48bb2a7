// Pods and what runs in them: run, logs, exec, attach, cp, port-forward, debug, events.

import type { Step } from './step.ts';

/** Starts forwarding to a free port, asks once over it, and stops. */
const forwarded = (
	target: string,
) => `: > forward.log; kubectl port-forward ${target} >> forward.log 2>&1 & forward=$!
until grep -q 'Forwarding from 127' forward.log; do kill -0 $forward && sleep 0.05 || exit 9; done
port=$(sed -n 's/^Forwarding from 127.0.0.1:\\([0-9]*\\) .*/\\1/p' forward.log)
exec 3<>/dev/tcp/127.0.0.1/$port; printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3
kill $forward; wait $forward 2> /dev/null; cat forward.log`;

export const podCommands: Step[] = [
	{ run: 'kubectl apply -f web.yaml --dry-run=client', expect: /statefulset\.apps\/web created \(dry run\)/ },
	{
		run: 'kubectl apply -f web.yaml --dry-run=server',
		expect: /statefulset\.apps\/web created \(server dry run\)/,
	},
	{ run: 'kubectl get statefulset web', exit: 1, expect: /statefulsets\.apps "web" not found/ },
	{ run: 'kubectl apply -f web.yaml', expect: /service\/web created\nstatefulset\.apps\/web created/ },
	{ run: 'kubectl rollout status statefulset web --timeout=60s', expect: /2 pods at revision|complete/ },
	{ run: 'kubectl get pods -l app=web', expect: /^web-0 +1\/1 +Running +0 .*\nweb-1 +1\/1 +Running/m },
	{ run: 'kubectl get pods -o wide', expect: /^web-0 .* 10\.244\.\S+ +node\d +<none> +<none>$/m },
	{
		run: 'kubectl get pods --field-selector=status.phase=Running -o name',
		expect: /^pod\/web-0\npod\/web-1\n$/,
	},
	{ run: 'kubectl get pod/web-0 service/web', expect: /^pod\/web-0 +1\/1.*^service\/web +ClusterIP +None/ms },
	{ run: 'kubectl get all', expect: /^pod\/web-0 .*^service\/web .*^statefulset\.apps\/web +2\/2/ms },
	{ run: 'kubectl get statefulset web -o wide', expect: /^web +2\/2 +\S+ +nginx +nginx:1\.27$/m },
	{ run: 'kubectl get pods --watch --request-timeout=1s', expect: /web-0/ },
	{
		run: 'kubectl wait pod -l app=web --for=condition=Ready --timeout=30s',
		expect: /pod\/web-1 condition met/,
	},
	{
		run: "kubectl wait pod/web-0 --for=jsonpath='{.status.phase}'=Running --timeout=30s",
		expect: /pod\/web-0 condition met/,
	},
	{ run: 'kubectl describe pod web-0', expect: /^Controlled By: +StatefulSet\/web$.*Events:.*Started/ms },
	{ run: 'kubectl describe service web', expect: /^Endpoints: +10\.244\.\S+:80,10\.244\.\S+:80/m },
	{ run: 'kubectl describe statefulset web', expect: /Pods Status: +2 Running.*SuccessfulCreate/s },
	{ run: 'kubectl events --for pod/web-0', expect: /Scheduled/ },
	{ run: 'kubectl get events --field-selector involvedObject.name=web', expect: /SuccessfulCreate/ },
	{ run: 'kubectl get endpointslices -l kubernetes.io/service-name=web', expect: /web-\w+ +IPv4 +80/ },
	{ run: 'kubectl get endpoints web', expect: /^web +10\.244\.\S+:80,10\.244\.\S+:80/m },
	{ run: 'kubectl exec web-0 -- hostname', expect: /^web-0$/m },
	{ run: "kubectl exec web-0 -- sh -c 'echo one; echo two >&2; exit 7'", exit: 7, expect: /exit code 7/ },
	{ run: "kubectl exec web-0 -- sh -c 'echo one; echo two >&2'", expect: /^one\n$/, warns: /^two\n$/ },
	{ run: 'kubectl exec web-0 -c nginx -- nothing', exit: 1, expect: /"nothing": executable file not found/ },
	{
		run: 'kubectl exec web-0 -c sidecar -- ls',
		exit: 1,
		expect: /container (not found|sidecar is not valid)/,
	},
	{ run: 'echo typed | kubectl exec -i web-1 -- cat', expect: /^typed$/m },
	{ run: 'head -c 3000000 /dev/zero | kubectl exec -i web-0 -- wc -c', expect: /^3000000$/m },
	{ run: 'kubectl exec web-0 -- head -c 3000000 /dev/zero | wc -c', expect: /^3000000$/m },
	{ run: 'kubectl cp index.html web-0:/usr/share/nginx/html/index.html' },
	{ run: 'kubectl cp web-0:/usr/share/nginx/html/index.html back.html && cmp index.html back.html' },
	{ run: forwarded('pod/web-0 :80'), expect: /from a file.*Handling connection/s },
	{ run: forwarded('service/web :http'), expect: /from a file.*Handling connection/s },
	{
		run: 'kubectl run asker --rm -i --restart=Never --image=busybox:1.36 -- wget -q -O - web-0.web.default.svc.cluster.local',
		expect: /from a file/,
	},
	{ run: 'kubectl logs web-0', expect: /GET \/ HTTP/ },
	{ run: 'kubectl logs web-0 --tail=1 --timestamps', expect: /^20\d\d-\S+Z .*\n$/ },
	{ run: 'kubectl logs -l app=web --prefix', expect: /^\[pod\/web-0\/nginx\] /m },
	{
		run: 'kubectl logs web-0 --previous',
		exit: 1,
		expect: /previous terminated container "nginx" in pod "web-0" not found/,
	},
	{
		run: "kubectl run ticker --image=busybox:1.36 --restart=Never -- sh -c 'for i in 1 2 3; do echo tick $i; sleep 1; done'",
		expect: /pod\/ticker created/,
	},
	{ run: "kubectl wait pod/ticker --for=jsonpath='{.status.phase}'=Succeeded --timeout=30s" },
	{ run: 'kubectl logs -f ticker', expect: /^tick 1\ntick 2\ntick 3\n$/ },
	{ run: 'kubectl get pod ticker', expect: /^ticker +0\/1 +Completed +0/m },
	{
		run: 'echo echoed | kubectl run reader --image=busybox:1.36 --restart=Never -i --rm -- cat',
		expect: /^echoed$/m,
	},
	{
		run: 'kubectl run server --image=nginx:1.27 --port=80 --labels=app=server --env=COLOUR=red --expose',
		expect: /service\/server created\npod\/server created/,
	},
	{ run: 'kubectl wait pod/server --for=condition=Ready --timeout=30s', expect: /condition met/ },
	{ run: 'kubectl exec server -- printenv COLOUR', expect: /^red$/m },
	{
		run: 'kubectl expose pod server --name=again --port=8080 --target-port=80',
		expect: /service\/again exposed/,
	},
	{
		run: 'timeout 2 kubectl attach server < /dev/null',
		exit: 124,
		expect: /If you don't see a command prompt|^/,
	},
	{ run: 'kubectl set image pod/server server=nginx:1.26', expect: /pod\/server image updated/ },
	{ run: 'kubectl delete pod server ticker --now', expect: /pod "server" (force )?deleted.*\npod "ticker"/ },
	{ run: 'kubectl delete service server again', expect: /service "again" deleted/ },
	{
		run: 'kubectl debug web-0 --image=busybox:1.36 --target=nginx -- true',
		expect: /Targeting container "nginx"/,
	},
	{
		run: 'kubectl debug web-0 --image=busybox:1.36 --copy-to=copy --share-processes -- sleep 1000',
		expect: /Defaulting debug container name to debugger-\w{5}/,
	},
	{ run: 'kubectl delete pod copy --force --grace-period=0', expect: /pod "copy" force deleted/ },
	{ run: 'kubectl apply -f claim.yaml', expect: /persistentvolumeclaim\/data created\npod\/writer created/ },
	{ run: 'kubectl wait pod/writer --for=condition=Ready --timeout=30s', expect: /condition met/ },
	{ run: 'kubectl get pvc', expect: /^data +Bound +pvc-\S+ +1Gi +RWO +\S+/m },
	{ run: 'kubectl get pv', expect: /^pvc-\S+ +1Gi +RWO +Delete +Bound +default\/data/m },
	{ run: 'kubectl get storageclass', expect: /\(default\)/ },
	{ run: 'kubectl exec writer -- cat /data/file', expect: /^kept$/m },
	{ run: 'kubectl delete -f claim.yaml', expect: /persistentvolumeclaim "data" deleted/ },
	{ run: 'kubectl auth can-i create pods', expect: /^yes$/m },
	{ run: 'kubectl auth whoami', since: 28, expect: /Username +kubernetes-admin/ },
];
