// Which taints a pod puts up with (kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration).
import type { Pod, Taint, Toleration } from '../schema/types.ts';

/** Whether a toleration covers the taint. */
export function tolerates(
	{ key, operator = 'Equal', value = '', effect }: Toleration,
	taint: Taint,
): boolean {
	if (effect && effect !== taint.effect) return false;
	if (key && key !== taint.key) return false;
	if (operator === 'Exists') return true;
	const tainted = taint.value ?? '';
	// Lt and Gt compare whole numbers (KEP-5471).
	if (operator === 'Lt') return Number(tainted) < Number(value);
	if (operator === 'Gt') return Number(tainted) > Number(value);
	return Boolean(key) && value === tainted;
}

/** Whether any of the pod's tolerations covers the taint. */
export function toleratesTaint(pod: Pod, taint: Taint): boolean {
	return (pod.spec.tolerations ?? []).some((toleration) => tolerates(toleration, taint));
}
