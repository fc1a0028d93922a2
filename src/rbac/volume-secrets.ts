import type { PersistentVolume } from '../api/core/generated.js'

/** A secret that a volume needs on the node. */
export interface VolumeSecret {
  readonly namespace: string
  readonly name: string
}

/**
 * The secrets that a persistent volume refers to and that a kubelet may read; one without a namespace is in that of the claim.
 * Source: pkg/api/v1/persistentvolume/util.go VisitPVSecretNames.
 */
export function volumeSecrets({ spec }: PersistentVolume): readonly VolumeSecret[] {
  if (spec === undefined) return []
  const home = spec.claimRef?.namespace ?? ''
  const { azureFile, cephfs, cinder, flexVolume, rbd, scaleIO, iscsi, storageos, csi } = spec
  const references = [
    azureFile === undefined ? undefined : { name: azureFile.secretName, namespace: azureFile.secretNamespace },
    ...[cephfs, cinder, flexVolume, rbd, scaleIO, iscsi, storageos].map((source) => source?.secretRef),
    csi?.nodePublishSecretRef, csi?.nodeStageSecretRef, csi?.controllerPublishSecretRef, csi?.nodeExpandSecretRef,
  ]
  return references.flatMap((reference) => (reference?.name === undefined || reference.name === ''
    ? [] : [{ name: reference.name, namespace: reference.namespace || home }]))
}
