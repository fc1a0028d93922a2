import type { PersistentVolume } from '../api/core/generated.js'

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
