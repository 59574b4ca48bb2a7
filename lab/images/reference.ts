// Image references as containerd normalises them (github.com/distribution/reference).

export interface ImageReference {
	/** `docker.io/library/nginx` */
	repository: string;
	tag: string;
	digest?: string;
}

/** Throws an Error in the words of that package for what is no reference. */
export function parseReference(text: string): ImageReference {
	const [withTag, digest] = text.split('@');
	const slash = withTag.lastIndexOf('/');
	const colon = withTag.indexOf(':', slash + 1);
	const name = colon < 0 ? withTag : withTag.slice(0, colon);
	const tag = colon < 0 ? 'latest' : withTag.slice(colon + 1);
	const valid =
		/^(?:[a-zA-Z0-9.-]+(?::\d+)?\/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/.test(
			name,
		) &&
		/^\w[\w.-]{0,127}$/.test(tag) &&
		(digest === undefined || /^sha256:[0-9a-f]{64}$/.test(digest));
	const first = name.split('/')[0];
	const hasRegistry = name.includes('/') && (/[.:A-Z]/.test(first) || first === 'localhost');
	const remainder = hasRegistry ? name.slice(first.length + 1) : name;
	if (/[A-Z]/.test(remainder)) {
		const repository = name.includes('/') ? remainder : `library/${remainder}`;
		throw new Error(`invalid reference format: repository name (${repository}) must be lowercase`);
	}
	if (!valid) throw new Error('invalid reference format');
	const path = hasRegistry ? name : name.includes('/') ? `docker.io/${name}` : `docker.io/library/${name}`;
	const repository = path.replace(/^(?:index\.)?docker\.io\/(?=[^/]+$)/, 'docker.io/library/');
	return { repository, tag, digest };
}

export function formatReference({ repository, tag, digest }: ImageReference): string {
	return digest ? `${repository}@${digest}` : `${repository}:${tag}`;
}
