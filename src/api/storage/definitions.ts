import type { KindDefinition } from '../kind/definition.js'
import { erase, servedAs } from '../kind/served-as.js'
import { csiDriverDefinition } from './csi-driver.js'
import { csiNodeDefinition } from './csi-node.js'
import { csiStorageCapacityDefinition } from './csi-storage-capacity.js'
import { storageClassDefinition } from './storage-class.js'
import { volumeAttachmentDefinition } from './volume-attachment.js'
import { volumeAttributesClassDefinition } from './volume-attributes-class.js'

const v1 = [
  erase(csiDriverDefinition),
  erase(csiNodeDefinition),
  erase(csiStorageCapacityDefinition),
  erase(storageClassDefinition),
  erase(volumeAttachmentDefinition),
  erase(volumeAttributesClassDefinition),
]

/**
 * Minors of the deprecation and the removal of a kind's beta. Source: zz_generated.prerelease-lifecycle.go.
 */
const betaEnds: Readonly<Record<string, readonly [since: number, removed: number]>> = {
  CSIDriver: [19, 22],
  CSINode: [17, 22],
  CSIStorageCapacity: [24, 27],
  StorageClass: [19, 22],
  VolumeAttachment: [19, 22],
}

function beta(definition: KindDefinition): readonly KindDefinition[] {
  const { group, kind } = definition
  const ends = betaEnds[kind]
  if (ends === undefined) return []
  const [since, removed] = ends
  return [
    { ...servedAs(definition, group, 'v1beta1'), deprecated: { since, removed, use: `${group}/v1 ${kind}` } },
  ]
}

/** The kinds of storage.k8s.io. */
export const storageDefinitions: readonly KindDefinition[] = [...v1, ...v1.flatMap(beta)]
