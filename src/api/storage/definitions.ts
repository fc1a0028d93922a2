import type { KindDefinition } from '../kind/definition.js'
import { served, servedAs } from '../kind/served-as.js'
import { csiDriverDefinition } from './csi-driver.js'
import { csiNodeDefinition } from './csi-node.js'
import { csiStorageCapacityDefinition } from './csi-storage-capacity.js'
import { storageClassDefinition } from './storage-class.js'
import { volumeAttachmentDefinition } from './volume-attachment.js'
import { volumeAttributesClassDefinition } from './volume-attributes-class.js'

const v1 = [
  served(csiDriverDefinition, { since: 18 }),
  served(csiNodeDefinition, { since: 17 }),
  served(csiStorageCapacityDefinition, { since: 24 }),
  served(storageClassDefinition),
  served(volumeAttachmentDefinition),
  served(volumeAttributesClassDefinition, { since: 34 }),
]

/**
 * Minors of the beginning, the deprecation and the removal of a kind's beta. Source:
 * zz_generated.prerelease-lifecycle.go.
 */
const betas: Readonly<Record<string, readonly [since: number, deprecated: number, until: number]>> = {
  CSIDriver: [13, 19, 22],
  CSINode: [13, 17, 22],
  CSIStorageCapacity: [21, 24, 27],
  StorageClass: [13, 19, 22],
  VolumeAttachment: [13, 19, 22],
}

function beta(definition: KindDefinition): readonly KindDefinition[] {
  const { group, kind } = definition
  const minors = betas[kind]
  if (minors === undefined) return []
  const [since, deprecated, until] = minors
  const facts = { since, until, deprecated: { since: deprecated, use: `${group}/v1 ${kind}` } }
  return [served(servedAs(definition, group, 'v1beta1'), facts)]
}

/** The kinds of storage.k8s.io. */
export const storageDefinitions: readonly KindDefinition[] = [...v1, ...v1.flatMap(beta)]
