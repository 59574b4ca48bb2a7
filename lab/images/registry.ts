// The catalogue of images, as a kubelet pulls from it: what is not here fails as it does with a registry.
import { alpine } from './alpine/alpine.ts';
import { alpineGit } from './alpine-git/alpine-git.ts';
import { busybox } from './busybox/busybox.ts';
import { curl } from './curl/curl.ts';
import { debian } from './debian/debian.ts';
import type { Image, Registry, Repository } from './image.ts';
import { nginx } from './nginx/nginx.ts';
import { pause } from './pause/pause.ts';
import { formatReference, parseReference } from './reference.ts';

const repositories: readonly Repository[] = [alpine, alpineGit, busybox, curl, debian, nginx, pause];
/** Images are the same for every lab of this process. */
const images = new Map<string, Image>();

function refusal(reference: string, reason: string): Error {
	return new Error(
		`failed to pull and unpack image "${reference}": failed to resolve reference "${reference}": ${reason}`,
	);
}

export function createRegistry(): Registry {
	const catalogue = new Map(repositories.map((repository) => [repository.name, repository]));
	return {
		normalise: (reference) => formatReference(parseReference(reference)),
		pull(text) {
			const parsed = parseReference(text);
			const reference = formatReference(parsed);
			const known = images.get(reference);
			if (known) return known;
			const repository = catalogue.get(parsed.repository);
			if (!repository) {
				const [host] = parsed.repository.split('/');
				if (host === 'docker.io')
					throw refusal(
						reference,
						'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
					);
				if (!repositories.some(({ name }) => name.startsWith(`${host}/`)))
					throw refusal(
						reference,
						`failed to do request: Head "https://${host}/v2/${parsed.repository.slice(host.length + 1)}/manifests/${parsed.digest ?? parsed.tag}": dial tcp: lookup ${host} on 172.18.0.1:53: no such host`,
					);
				throw refusal(reference, `${reference}: not found`);
			}
			const image = parsed.digest
				? [...images.values()].find(
						({ reference, digest }) =>
							digest === parsed.digest && reference.startsWith(`${repository.name}:`),
					)
				: repository.hasTag(parsed.tag)
					? repository.image(parsed.tag)
					: undefined;
			if (!image) throw refusal(reference, `${reference}: not found`);
			images.set(reference, image);
			return image;
		},
	};
}
