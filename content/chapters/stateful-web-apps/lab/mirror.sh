# Where the cluster has no way to github.com, a copy of the site's repository inside the cluster stands in.
if kubectl run github --rm -i --restart=Never --image=alpine/git --command -- \
	timeout 10 git ls-remote https://github.com/octocat/Spoon-Knife >/dev/null 2>&1
then
	exit 0
fi
kubectl apply -f mirror.yaml &&
	kubectl wait -n github --for=condition=Ready pod/mirror --timeout=90s &&
	kubectl patch configmap site -p '{"data":{"repository":"http://mirror.github/Spoon-Knife.git"}}'
