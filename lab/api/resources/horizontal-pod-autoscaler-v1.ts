import type { AutoscalingHorizontalPodAutoscaler, HorizontalPodAutoscaler } from '../../schema/types.ts';
import { fromVersion1, toVersion1 } from '../conversion/horizontal-pod-autoscaler.ts';
import { defineVersion } from '../registry.ts';
import { horizontalPodAutoscalers } from './horizontal-pod-autoscaler.ts';

export const horizontalPodAutoscalersV1 = defineVersion<
	AutoscalingHorizontalPodAutoscaler,
	HorizontalPodAutoscaler
>(horizontalPodAutoscalers, {
	group: 'autoscaling',
	version: 'v1',
	toStored: fromVersion1,
	fromStored: toVersion1,
});
