// `provider=k8s`: the pods that a label selector finds, asked of the API server with the pod's own service
// account (github.com/hashicorp/go-discover, provider/k8s).
import type { Process } from '../../../runtime/process.ts';
import { clusterClient } from '../../../runtime/programs/cluster-client.ts';
import { uninterrupted } from '../../../runtime/programs/uninterrupted.ts';
import type { Pod } from '../../../schema/types.ts';

/** Reads `provider=k8s label_selector="app=consul"`. Throws Error. */
function readArguments(text: string): Map<string, string> {
	const values = new Map<string, string>();
	for (const [, key, quoted, plain] of text.matchAll(/(\w+)=(?:"([^"]*)"|(\S*))/g))
		values.set(key, quoted ?? plain);
	return values;
}

/** Throws Error in the provider's words. */
export async function discoverPods(process: Process, text: string): Promise<string[]> {
	const given = readArguments(text);
	const provider = given.get('provider');
	if (provider !== 'k8s') throw new Error(`discover: provider ${provider} is not available in this lab`);
	const client = clusterClient(process, 'go-discover/1');
	if (!client)
		throw new Error(
			'discover-k8s: unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined',
		);
	const query = new URLSearchParams();
	for (const [key, parameter] of [
		['label_selector', 'labelSelector'],
		['field_selector', 'fieldSelector'],
	])
		if (given.has(key)) query.set(parameter, given.get(key) ?? '');
	const target = `/api/v1/namespaces/${given.get('namespace') ?? 'default'}/pods?${query}`;
	const { status, text: body } = await uninterrupted(() => client.ask({ method: 'GET', target }));
	if (status !== 200) {
		const { message = body } = JSON.parse(body) as { message?: string };
		throw new Error(`discover-k8s: error listing pods: ${message}`);
	}
	const { items } = JSON.parse(body) as { items: Pod[] };
	return items.flatMap(({ status: pod }) => {
		const ready = pod?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True');
		return pod?.phase === 'Running' && ready && pod.podIP ? [pod.podIP] : [];
	});
}
