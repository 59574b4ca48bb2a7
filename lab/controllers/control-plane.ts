// kube-controller-manager: all controllers of a cluster.
import type { Resource } from '../api/registry.ts';
import type { CertificateSigner } from '../auth/certificate-request.ts';
import type { ServiceAccountTokens } from '../auth/service-account-tokens.ts';
import { startAttachDetachController } from './attach-detach.ts';
import { startCertificateApprover } from './certificate-approver.ts';
import { startCertificateSigner } from './certificate-signer.ts';
import { startClusterRoleAggregationController } from './cluster-role-aggregation.ts';
import type { Controller, ControllerContext, StartController, StoredKinds } from './controller.ts';
import { startCronJobController } from './cronjob/controller.ts';
import { startDaemonSetController } from './daemonset/controller.ts';
import { startDeploymentController } from './deployment/controller.ts';
import { startDisruptionController } from './disruption.ts';
import { startEndpointSliceController } from './endpoints/endpoint-slice.ts';
import { startEndpointsController } from './endpoints/endpoints.ts';
import { startEphemeralVolumeController } from './ephemeral-volume.ts';
import { startEventExpiry } from './event-expiry.ts';
import { startGarbageCollector } from './garbage-collector.ts';
import type { Heartbeats } from './heartbeats.ts';
import {
	type AutoscalerOptions,
	startHorizontalPodAutoscalerController,
} from './horizontal-pod-autoscaler/controller.ts';
import { startIngressController } from './ingress.ts';
import { startJobController } from './job/controller.ts';
import { startTtlController } from './job/ttl.ts';
import { startLoadBalancerController } from './load-balancer.ts';
import { startNamespaceController } from './namespace.ts';
import { startNodeLifecycleController } from './node-lifecycle.ts';
import { startPersistentVolumeController } from './persistent-volume/controller.ts';
import { startPodGarbageCollector } from './pod-garbage-collector.ts';
import { startReplicaSetController, startReplicationControllerController } from './replicaset/controller.ts';
import { startResourceQuotaController } from './resource-quota.ts';
import { startRootCertificatePublisher, startServiceAccountController } from './service-account.ts';
import { startServiceAccountTokensController } from './service-account-tokens.ts';
import { startServiceAddressController } from './service-addresses.ts';
import { startStatefulSetController } from './statefulset/controller.ts';
import { startTaintEvictionController } from './taint-eviction.ts';
import { startValidatingAdmissionPolicyController } from './validating-admission-policy.ts';
import { startClaimProtectionController, startVolumeProtectionController } from './volume-protection.ts';

export interface ControlPlaneOptions extends ControllerContext {
	/** What the server stores, for the controllers that look after every kind. */
	resources: StoredKinds & AutoscalerOptions['kinds'] & { readonly all: readonly Resource[] };
	podMetrics: AutoscalerOptions['podMetrics'];
	heartbeats: Heartbeats;
	tokens: Pick<ServiceAccountTokens, 'issueForSecret'>;
	/** How client certificates are signed; undefined where the lab has no authority. */
	signCertificate?: CertificateSigner;
	/** PEM of the authority that pods trust. */
	certificateAuthority: string;
}

/** Starts every controller, and has what is there already reconciled. */
export function startControlPlane(options: ControlPlaneOptions): Pick<Controller, 'stop'> {
	const start: readonly StartController[] = [
		startServiceAccountController,
		startRootCertificatePublisher(options.certificateAuthority),
		startServiceAccountTokensController(options.tokens, options.certificateAuthority),
		startClusterRoleAggregationController,
		startCertificateApprover,
		...(options.signCertificate ? [startCertificateSigner(options.signCertificate)] : []),
		startValidatingAdmissionPolicyController(options.resources),
		startResourceQuotaController(options.resources),
		startNodeLifecycleController(options.heartbeats),
		startTaintEvictionController,
		startEndpointsController,
		startEndpointSliceController,
		startServiceAddressController,
		startLoadBalancerController,
		startIngressController,
		startStatefulSetController,
		startDaemonSetController,
		startDeploymentController,
		startReplicaSetController,
		startReplicationControllerController,
		startJobController,
		startTtlController,
		startCronJobController,
		startDisruptionController,
		startHorizontalPodAutoscalerController({ kinds: options.resources, podMetrics: options.podMetrics }),
		startPersistentVolumeController,
		startAttachDetachController(options.heartbeats),
		startClaimProtectionController,
		startVolumeProtectionController,
		startEphemeralVolumeController,
		startEventExpiry,
		startPodGarbageCollector,
		startGarbageCollector(options.resources),
		startNamespaceController(options.resources),
	];
	const controllers = start.map((controller) => controller(options));
	for (const controller of controllers) controller.drain();
	return {
		stop() {
			for (const controller of controllers) controller.stop();
		},
	};
}
