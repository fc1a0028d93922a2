import type { Container, EphemeralContainer, Pod, Volume } from '../api/core/generated.js'

type AnyContainer = Container | EphemeralContainer

/** Whether a pod refers to an object of its namespace. Source: pkg/api/v1/pod/util.go VisitPodSecretNames, VisitPodConfigmapNames. */
export function podReferences(pod: Pod, resource: string, name: string): boolean {
  const { spec } = pod
  const volumes = spec.volumes ?? []
  switch (resource) {
    case 'serviceaccounts': return spec.serviceAccountName === name
    case 'persistentvolumeclaims': return volumes.some((volume) => claimOf(pod, volume) === name)
    case 'resourceclaims': return claimsOf(pod).includes(name)
    case 'configmaps': return containersOf(pod).some((container) => usesConfigMap(container, name))
      || volumes.some((volume) => volumeUses(volume, 'configMap', name))
    case 'secrets': return (spec.imagePullSecrets ?? []).some((reference) => reference.name === name)
      || containersOf(pod).some((container) => usesSecret(container, name))
      || volumes.some((volume) => volumeUses(volume, 'secret', name))
    default: return false
  }
}

function containersOf({ spec }: Pod): readonly AnyContainer[] {
  return [...spec.initContainers ?? [], ...spec.containers, ...spec.ephemeralContainers ?? []]
}

/** A generic ephemeral volume has a claim named after pod and volume. */
function claimOf({ metadata }: Pod, { name, persistentVolumeClaim, ephemeral }: Volume): string | undefined {
  return persistentVolumeClaim?.claimName ?? (ephemeral === undefined ? undefined : `${metadata.name as string}-${name}`)
}

function claimsOf({ spec, status }: Pod): readonly (string | null | undefined)[] {
  return [
    ...(spec.resourceClaims ?? []).map(({ resourceClaimName }) => resourceClaimName),
    ...(status.resourceClaimStatuses ?? []).map(({ resourceClaimName }) => resourceClaimName),
  ]
}

function usesConfigMap({ env = [], envFrom = [] }: AnyContainer, name: string): boolean {
  return env.some(({ valueFrom }) => valueFrom?.configMapKeyRef?.name === name)
    || envFrom.some(({ configMapRef }) => configMapRef?.name === name)
}

function usesSecret({ env = [], envFrom = [] }: AnyContainer, name: string): boolean {
  return env.some(({ valueFrom }) => valueFrom?.secretKeyRef?.name === name)
    || envFrom.some(({ secretRef }) => secretRef?.name === name)
}

function volumeUses(volume: Volume, kind: 'configMap' | 'secret', name: string): boolean {
  const projected = volume.projected?.sources?.some((source) => source[kind]?.name === name) ?? false
  if (projected) return true
  if (kind === 'configMap') return volume.configMap?.name === name
  if (volume.secret?.secretName === name || volume.azureFile?.secretName === name) return true
  const { cephfs, cinder, flexVolume, rbd, scaleIO, iscsi, storageos, csi } = volume
  return [cephfs, cinder, flexVolume, rbd, scaleIO, iscsi, storageos].some((source) => source?.secretRef?.name === name)
    || csi?.nodePublishSecretRef?.name === name
}
