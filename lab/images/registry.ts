// The catalogue of images, as a kubelet pulls from it: what is not here fails as it does with a registry.
import type { Image, Registry, Repository } from './image.ts';
import { formatReference, parseReference } from './reference.ts';

/** Where each repository is found. Its code is loaded when it is first pulled: most labs need two or three. */
const repositories: ReadonlyMap<string, () => Promise<Repository>> = new Map([
	['docker.io/alpine/git', async () => (await import('./alpine-git/alpine-git.ts')).alpineGit],
	['docker.io/curlimages/curl', async () => (await import('./curl/curl.ts')).curl],
	['docker.io/hashicorp/consul', async () => (await import('./consul/consul.ts')).consul],
	[
		'docker.io/cvallance/mongo-k8s-sidecar',
		async () => (await import('./mongo-sidecars/mongo-k8s-sidecar.ts')).mongoK8sSidecar,
	],
	['docker.io/jenkins/jenkins', async () => (await import('./jenkins/jenkins.ts')).jenkins],
	['docker.io/library/alpine', async () => (await import('./alpine/alpine.ts')).alpine],
	['docker.io/library/busybox', async () => (await import('./busybox/busybox.ts')).busybox],
	['docker.io/library/consul', async () => (await import('./consul/consul.ts')).libraryConsul],
	['docker.io/library/debian', async () => (await import('./debian/debian.ts')).debian],
	['docker.io/library/httpd', async () => (await import('./httpd/httpd.ts')).httpd],
	['docker.io/library/mongo', async () => (await import('./mongo/mongo.ts')).mongo],
	['docker.io/library/nginx', async () => (await import('./nginx/nginx.ts')).nginx],
	['docker.io/luksa/kubia-pet', async () => (await import('./kubia-pet/kubia-pet.ts')).kubiaPet],
	[
		'docker.io/luksa/kubia-pet-peers',
		async () => (await import('./kubia-pet-peers/kubia-pet-peers.ts')).kubiaPetPeers,
	],
	[
		'docker.io/morphy/k8s-mongo-sidecar',
		async () => (await import('./mongo-sidecars/k8s-mongo-sidecar.ts')).k8sMongoSidecar,
	],
	[
		'docker.io/otomato/alpine-netcat',
		async () => (await import('./alpine-netcat/alpine-netcat.ts')).alpineNetcat,
	],
	['docker.io/vfarcic/go-demo-3', async () => (await import('./go-demo-3/go-demo-3.ts')).goDemo3],
	['registry.k8s.io/e2e-test-images/agnhost', async () => (await import('./agnhost/agnhost.ts')).agnhost],
	['registry.k8s.io/e2e-test-images/busybox', async () => (await import('./busybox/busybox.ts')).testBusybox],
	['registry.k8s.io/e2e-test-images/httpd', async () => (await import('./httpd/httpd.ts')).testHttpd],
	['registry.k8s.io/e2e-test-images/nginx', async () => (await import('./nginx/nginx.ts')).testNginx],
	['registry.k8s.io/kubectl', async () => (await import('./kubectl/kubectl.ts')).kubectl],
	['registry.k8s.io/pause', async () => (await import('./pause/pause.ts')).pause],
]);
/** Kubernetes' old registry, which leads to the new one. */
const movedHost = /^k8s\.gcr\.io\//;
/** Images are the same for every lab of this process. */
const images = new Map<string, Image>();

function refusal(reference: string, reason: string): Error {
	return new Error(
		`failed to pull and unpack image "${reference}": failed to resolve reference "${reference}": ${reason}`,
	);
}

export function createRegistry(): Registry {
	return {
		normalise: (reference) => formatReference(parseReference(reference)),
		async pull(text) {
			const parsed = parseReference(text);
			const reference = formatReference(parsed);
			const known = images.get(reference);
			if (known) return known;
			const name = parsed.repository.replace(movedHost, 'registry.k8s.io/');
			const load = repositories.get(name);
			if (!load) {
				const [host] = name.split('/');
				if (host === 'docker.io')
					throw refusal(
						reference,
						'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
					);
				if (![...repositories.keys()].some((known) => known.startsWith(`${host}/`)))
					throw refusal(
						reference,
						`failed to do request: Head "https://${host}/v2/${parsed.repository.slice(host.length + 1)}/manifests/${parsed.digest ?? parsed.tag}": dial tcp: lookup ${host} on 172.18.0.1:53: no such host`,
					);
				throw refusal(reference, `${reference}: not found`);
			}
			const repository = await load();
			const image = parsed.digest
				? [...images.values()].find(
						({ reference, digest }) =>
							digest === parsed.digest && reference.startsWith(`${repository.name}:`),
					)
				: repository.hasTag(parsed.tag)
					? { ...repository.image(parsed.tag), reference }
					: undefined;
			if (!image) throw refusal(reference, `${reference}: not found`);
			images.set(reference, image);
			return image;
		},
	};
}
