// What volumes show of API objects: ConfigMaps, Secrets, the pod itself, its service account's token.

import { decodeBase64 } from '../../base64.ts';
import type { FileTree } from '../../runtime/files.ts';
import type {
	ConfigMap,
	DownwardAPIVolumeFile,
	KeyToPath,
	Node,
	Pod,
	Secret,
	Volume,
	VolumeProjection,
} from '../../schema/types.ts';
import { containerResource, podField } from '../downward-api.ts';
import type { KubeletContext } from '../kubelet-context.ts';

export interface ProjectedContent {
	type: 'configMap' | 'secret' | 'downwardAPI' | 'projected';
	content: FileTree;
	mode: number;
}

/** `mode` is the volume's default and `uid` root's unless told. */
type Files = Map<string, { data: string | Uint8Array; mode?: number; uid?: number }>;

/** The content of such a volume, undefined for any other kind; throws where a required source is missing. */
export function projectedContent(
	context: KubeletContext,
	pod: Pod,
	volume: Volume,
): ProjectedContent | undefined {
	const { configMap, secret, downwardAPI, projected } = volume;
	const filesOf = (source: VolumeProjection) => projectionFiles(context, pod, source);
	const content = (type: ProjectedContent['type'], files: Files, mode = 0o644) => ({
		type,
		content: treeOf(files, mode),
		mode,
	});
	if (configMap) return content('configMap', filesOf({ configMap }), configMap.defaultMode);
	if (secret) {
		const { secretName: name, items, optional, defaultMode } = secret;
		return content('secret', filesOf({ secret: { name, items, optional } }), defaultMode);
	}
	if (downwardAPI) return content('downwardAPI', filesOf({ downwardAPI }), downwardAPI.defaultMode);
	if (!projected) return undefined;
	const files: Files = new Map();
	for (const source of projected.sources ?? [])
		for (const [path, file] of filesOf(source)) files.set(path, file);
	return content('projected', files, projected.defaultMode);
}

function projectionFiles(context: KubeletContext, pod: Pod, source: VolumeProjection): Files {
	const { client } = context;
	const { namespace } = pod.metadata;
	if (source.configMap) {
		const { name = '', items, optional } = source.configMap;
		const map = client.get<ConfigMap>('configmaps', namespace, name);
		if (!map && !optional) throw new Error(`configmap "${name}" not found`);
		const entries = new Map<string, string | Uint8Array>(Object.entries(map?.data ?? {}));
		for (const [key, value] of Object.entries(map?.binaryData ?? {})) entries.set(key, decodeBase64(value));
		return chosen(entries, items, optional);
	}
	if (source.secret) {
		const { name = '', items, optional } = source.secret;
		const secret = client.get<Secret>('secrets', namespace, name);
		if (!secret && !optional) throw new Error(`secret "${name}" not found`);
		const entries = Object.entries(secret?.data ?? {}).map(
			([key, value]) => [key, decodeBase64(value)] as const,
		);
		return chosen(new Map(entries), items, optional);
	}
	if (source.serviceAccountToken) {
		const { path, audience, expirationSeconds = 3600 } = source.serviceAccountToken;
		const data = context.issueToken({ pod, audience, expirationSeconds });
		return new Map([[path, { data, ...tokenAccess(pod) }]]);
	}
	return new Map(
		(source.downwardAPI?.items ?? []).map((file) => [
			file.path,
			{ data: downwardFile(context, pod, file), mode: file.mode },
		]),
	);
}

/**
 * Who may read a token: anybody in the pod unless the pod says who its processes are, by one user of all its
 * containers or by a group of its volumes, which then may read it too (KEP-1205, File Permission).
 */
function tokenAccess({ spec }: Pod): { mode?: number; uid?: number } {
	const { runAsUser, fsGroup } = spec.securityContext ?? {};
	const users = [...(spec.initContainers ?? []), ...spec.containers].map(
		({ securityContext }) => securityContext?.runAsUser ?? runAsUser,
	);
	const uid = new Set(users).size === 1 ? users[0] : undefined;
	return uid === undefined && fsGroup === undefined ? {} : { mode: 0o600, uid };
}

function downwardFile({ client }: KubeletContext, pod: Pod, file: DownwardAPIVolumeFile): string {
	if (file.fieldRef) return podField(pod, file.fieldRef.fieldPath);
	const node = client.get<Node>('nodes', '', pod.spec.nodeName ?? '');
	return file.resourceFieldRef ? containerResource(pod, node, file.resourceFieldRef, '') : '';
}

/** All entries under their keys, or those that are asked for under their paths. */
function chosen(
	entries: ReadonlyMap<string, string | Uint8Array>,
	items: readonly KeyToPath[] | undefined,
	optional: boolean | undefined,
): Files {
	if (!items) return new Map([...entries].map(([key, data]) => [key, { data }]));
	const files: Files = new Map();
	for (const { key, path, mode } of items) {
		const data = entries.get(key);
		if (data !== undefined) files.set(path, { data, mode });
		else if (!optional) throw new Error(`references non-existent config key: ${key}`);
	}
	return files;
}

/** Files by path as a tree of directories. */
function treeOf(files: Files, defaultMode: number): FileTree {
	const root: FileTree = {};
	for (const [path, { data, mode = defaultMode, uid }] of files) {
		const parts = path.split('/');
		let directory = root;
		for (const part of parts.slice(0, -1)) {
			directory[part] ??= {};
			directory = directory[part] as FileTree;
		}
		directory[parts.at(-1)!] = { $file: data, mode, uid };
	}
	return root;
}
