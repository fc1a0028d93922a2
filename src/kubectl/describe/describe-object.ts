import type { KindDefinition, KubeObject } from '../../api/kind/definition.js'
import { describeCertificateRequest, describeRole, describeRoleBinding } from './access.js'
import { describeClaim } from './claims.js'
import {
  describeConfigMap,
  describeLimitRange,
  describeNamespace,
  describeQuota,
  describeSecret,
  describeServiceAccount,
} from './configuration.js'
import type { DescribeContext, Describer } from './describer.js'
import { describeGeneric } from './generic.js'
import {
  describeAddress,
  describeEndpointSlice,
  describeEndpoints,
  describeIngress,
  describeIngressClass,
  describeService,
  describeServiceRange,
} from './networking.js'
import { describeNode } from './node.js'
import { describePod } from './pod.js'
import {
  describeAutoscaler,
  describeAutoscalerV1,
  describeBudget,
  describeNetworkPolicy,
  describePriorityClass,
} from './policies.js'
import { describeAttributesClass, describeCSINode, describeStorageClass, describeVolume } from './storage.js'
import {
  describeCronJob,
  describeDaemonSet,
  describeDeployment,
  describeJob,
  describeReplicaSet,
  describeReplicationController,
  describeStatefulSet,
} from './workloads.js'
import { DescriptionWriter } from './writer.js'

/** Describers by `Kind.group`. Source: kubectl pkg/describe describerMap. */
const describers: Readonly<Record<string, Describer<never>>> = {
  'Pod.': describePod,
  'ReplicationController.': describeReplicationController,
  'Secret.': describeSecret,
  'Service.': describeService,
  'ServiceAccount.': describeServiceAccount,
  'Node.': describeNode,
  'LimitRange.': describeLimitRange,
  'ResourceQuota.': describeQuota,
  'PersistentVolume.': describeVolume,
  'PersistentVolumeClaim.': describeClaim,
  'Namespace.': describeNamespace,
  'Endpoints.': describeEndpoints,
  'EndpointSlice.discovery.k8s.io': describeEndpointSlice,
  'ConfigMap.': describeConfigMap,
  'PriorityClass.scheduling.k8s.io': describePriorityClass,
  'HorizontalPodAutoscaler.autoscaling': describeAutoscaler,
  'Ingress.networking.k8s.io': describeIngress,
  'Ingress.extensions': describeIngress,
  'IngressClass.networking.k8s.io': describeIngressClass,
  'ServiceCIDR.networking.k8s.io': describeServiceRange,
  'IPAddress.networking.k8s.io': describeAddress,
  'Job.batch': describeJob,
  'CronJob.batch': describeCronJob,
  'StatefulSet.apps': describeStatefulSet,
  'Deployment.apps': describeDeployment,
  'DaemonSet.apps': describeDaemonSet,
  'ReplicaSet.apps': describeReplicaSet,
  'CertificateSigningRequest.certificates.k8s.io': describeCertificateRequest,
  'StorageClass.storage.k8s.io': describeStorageClass,
  'CSINode.storage.k8s.io': describeCSINode,
  'VolumeAttributesClass.storage.k8s.io': describeAttributesClass,
  'PodDisruptionBudget.policy': describeBudget,
  'Role.rbac.authorization.k8s.io': describeRole,
  'ClusterRole.rbac.authorization.k8s.io': describeRole,
  'RoleBinding.rbac.authorization.k8s.io': describeRoleBinding,
  'ClusterRoleBinding.rbac.authorization.k8s.io': describeRoleBinding,
  'NetworkPolicy.networking.k8s.io': describeNetworkPolicy,
  'NetworkPolicy.extensions': describeNetworkPolicy,
  'Deployment.extensions': describeDeployment,
  'DaemonSet.extensions': describeDaemonSet,
  'ReplicaSet.extensions': describeReplicaSet,
}

/** Describes an object of any kind. Throws ApiError if the user may not read what the description needs. */
export function describeObject(object: KubeObject, context: DescribeContext): string {
  const out = new DescriptionWriter()
  const describer = describerOf(context.definition) as Describer<KubeObject>
  describer(out, object, context)
  return out.toString()
}

function describerOf({ kind, group, version }: KindDefinition): Describer<never> {
  const key = `${kind}.${group}`
  if (key === 'HorizontalPodAutoscaler.autoscaling' && version === 'v1') return describeAutoscalerV1
  return Object.hasOwn(describers, key) ? (describers[key] as Describer<never>) : describeGeneric
}
