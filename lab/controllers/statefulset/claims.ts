// The claims that a set makes for its pods from volumeClaimTemplates; they outlive the pods.
import type { Client } from '../../api/client.ts';
import type { Draft, PersistentVolumeClaim, StatefulSet } from '../../schema/types.ts';

/** The name of the claim that a template gives an ordinal, as `data-web-0`. */
export function claimName(set: StatefulSet, template: string, ordinal: number): string {
	return `${template}-${set.metadata.name}-${ordinal}`;
}

/** Creates the claims of an ordinal that are missing, and tells of each; throws what the server refuses. */
export function createMissingClaims(
	client: Client,
	set: StatefulSet,
	ordinal: number,
	tell: { created(claim: string): void; refused(claim: string, why: string): void },
): void {
	const { namespace } = set.metadata;
	for (const template of set.spec.volumeClaimTemplates ?? []) {
		const name = claimName(set, template.metadata.name, ordinal);
		if (client.get('persistentvolumeclaims', namespace, name)) continue;
		const { annotations } = template.metadata;
		const claim: Draft<PersistentVolumeClaim> = {
			apiVersion: 'v1',
			kind: 'PersistentVolumeClaim',
			metadata: {
				name,
				namespace,
				labels: { ...template.metadata.labels, ...set.spec.selector.matchLabels },
				...(annotations ? { annotations } : {}),
			},
			spec: structuredClone(template.spec),
		};
		try {
			client.create('persistentvolumeclaims', claim);
		} catch (error) {
			tell.refused(name, (error as Error).message);
			throw error;
		}
		tell.created(name);
	}
}
