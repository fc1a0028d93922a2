import type { Pod, Volume, PersistentVolume } from '../../api/core/generated.js'
import type { AnyContainer } from '../../api/core/pods/pod-containers.js'

/** The resources that pods refer to in their namespace. */
export type ReferencedResource =
  | 'serviceaccounts'
  | 'secrets'
  | 'configmaps'
  | 'persistentvolumeclaims'
  | 'resourceclaims'

type Visit = (
  resource: ReferencedResource,
  name: string | null | undefined,
  optional?: boolean | null,
) => void

/**
 * Visits everything that a pod refers to in its namespace, possibly more than once, and whether the pod
 * starts without it. Source: pkg/api/v1/pod/util.go VisitPodSecretNames, VisitPodConfigmapNames;
 * plugin/pkg/auth/authorizer/node/graph.go AddPod.
 */
export function visitReferences(
  pod: Pick<Pod, 'metadata' | 'spec'> & { readonly status?: Pod['status'] },
  visit: (resource: ReferencedResource, name: string, isOptional: boolean) => void,
): void {
  const { spec, status } = pod
  const named: Visit = (resource, name, optional) => {
    if (name) visit(resource, name, optional === true)
  }
  named('serviceaccounts', spec.serviceAccountName)
  // an image may be pulled without it
  for (const { name } of spec.imagePullSecrets ?? []) named('secrets', name, true)
  for (const container of spec.initContainers ?? []) visitContainer(container, named)
  for (const container of spec.containers) visitContainer(container, named)
  for (const container of spec.ephemeralContainers ?? []) visitContainer(container, named)
  for (const volume of spec.volumes ?? []) visitVolume(pod, volume, named)
  for (const { resourceClaimName } of spec.resourceClaims ?? []) named('resourceclaims', resourceClaimName)
  for (const { resourceClaimName } of status?.resourceClaimStatuses ?? [])
    named('resourceclaims', resourceClaimName)
  named('resourceclaims', status?.extendedResourceClaimStatus?.resourceClaimName)
}

function visitContainer({ env, envFrom }: AnyContainer, visit: Visit): void {
  for (const { valueFrom } of env ?? []) {
    visit('secrets', valueFrom?.secretKeyRef?.name, valueFrom?.secretKeyRef?.optional)
    visit('configmaps', valueFrom?.configMapKeyRef?.name, valueFrom?.configMapKeyRef?.optional)
  }
  for (const { secretRef, configMapRef } of envFrom ?? []) {
    visit('secrets', secretRef?.name, secretRef?.optional)
    visit('configmaps', configMapRef?.name, configMapRef?.optional)
  }
}

function visitVolume({ metadata }: Pick<Pod, 'metadata'>, volume: Volume, visit: Visit): void {
  const { configMap, secret, azureFile, cephfs, cinder, flexVolume, rbd, scaleIO, iscsi, storageos, csi } =
    volume
  visit('configmaps', configMap?.name, configMap?.optional)
  visit('secrets', secret?.secretName, secret?.optional)
  visit('secrets', azureFile?.secretName)
  for (const source of [cephfs, cinder, flexVolume, rbd, scaleIO, iscsi, storageos])
    visit('secrets', source?.secretRef?.name)
  visit('secrets', csi?.nodePublishSecretRef?.name)
  for (const source of volume.projected?.sources ?? []) {
    visit('secrets', source.secret?.name, source.secret?.optional)
    visit('configmaps', source.configMap?.name, source.configMap?.optional)
  }
  visit('persistentvolumeclaims', volume.persistentVolumeClaim?.claimName)
  // the claim of a generic ephemeral volume is named after pod and volume
  if (volume.ephemeral !== undefined) visit('persistentvolumeclaims', `${metadata.name ?? ''}-${volume.name}`)
}

/** A secret that a volume needs on the node. */
export interface VolumeSecret {
  readonly namespace: string
  readonly name: string
}

/**
 * Returns the secrets that a persistent volume refers to and that a kubelet may read; those for the
 * controller of a CSI driver are excluded. Most sources default to the claim's namespace. Source:
 * pkg/api/v1/persistentvolume/util.go VisitPVSecretNames.
 */
export function volumeSecrets({ spec }: PersistentVolume): readonly VolumeSecret[] {
  if (spec === undefined) return []
  const home = spec.claimRef?.namespace ?? ''
  const { azureFile, cephfs, cinder, flexVolume, rbd, scaleIO, iscsi, storageos, csi } = spec
  const atHome = [
    azureFile === undefined
      ? undefined
      : { name: azureFile.secretName, namespace: azureFile.secretNamespace },
    ...[cephfs, flexVolume, rbd, scaleIO, iscsi].map((source) => source?.secretRef),
  ]
  const named = [
    cinder?.secretRef,
    storageos?.secretRef,
    csi?.nodePublishSecretRef,
    csi?.nodeStageSecretRef,
    csi?.nodeExpandSecretRef,
  ]
  return [
    ...atHome.flatMap((reference) =>
      reference?.name ? [{ name: reference.name, namespace: reference.namespace || home }] : [],
    ),
    ...named.flatMap((reference) =>
      reference?.name ? [{ name: reference.name, namespace: reference.namespace ?? '' }] : [],
    ),
  ]
}
