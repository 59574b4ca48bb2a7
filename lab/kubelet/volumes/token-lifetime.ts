// How long the service account tokens that a volume shows are good
// (https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#serviceaccount-token-volume-projection).
import { extendedWhen } from '../../auth/service-account-tokens.ts';
import type { Volume } from '../../schema/types.ts';

/** The part of its time after which a kubelet renews a token. */
export const tokenRenewedAfter = 0.8;

/** The shortest time of a volume's tokens, in seconds; undefined where it shows none, or such as live a year. */
export function tokenSeconds({ projected }: Volume): number | undefined {
	const lifetimes = (projected?.sources ?? []).flatMap(({ serviceAccountToken }) => {
		const seconds = serviceAccountToken && (serviceAccountToken.expirationSeconds ?? 3600);
		return seconds === undefined || seconds === extendedWhen ? [] : [seconds];
	});
	return lifetimes.length > 0 ? Math.min(...lifetimes) : undefined;
}
