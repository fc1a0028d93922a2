import type { Node, PersistentVolume, Pod } from '../../api/core/generated.js'
import type { VolumeAttachment } from '../../api/storage/generated.js'
import { sha256 } from '../../lang/bytes/sha256.js'

/** A CSI volume that can be attached to nodes. */
export interface AttachableVolume {
  readonly name: string
  readonly driver: string
  readonly handle: string
  /** Its name in node statuses. Source: pkg/volume/util GetUniqueVolumeName. */
  readonly unique: string
  /** Whether it may be attached to several nodes at once. */
  readonly shared: boolean
}

/** Returns the CSI volume behind a persistent volume, or undefined if it is not a CSI volume. */
export function attachable({
  metadata,
  spec: { csi, accessModes = [] },
}: PersistentVolume): AttachableVolume | undefined {
  if (!csi) return undefined
  const { driver, volumeHandle: handle } = csi
  // Source: pkg/controller/volume/attachdetach/util IsMultiAttachAllowed
  const shared =
    accessModes.length === 0 ||
    accessModes.some((mode) => mode === 'ReadWriteMany' || mode === 'ReadOnlyMany')
  return {
    name: metadata.name as string,
    driver,
    handle,
    unique: `kubernetes.io/csi/${driver}^${handle}`,
    shared,
  }
}

/** Returns the name of the VolumeAttachment. Source: pkg/volume/csi csi_attacher.go getAttachmentName. */
export function attachmentName({ handle, driver }: AttachableVolume, node: string): string {
  const digest = sha256(new TextEncoder().encode(`${handle}${driver}${node}`))
  return `csi-${[...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

const OWN_NAME = /^csi-[0-9a-f]{64}$/

/**
 * Whether the controller has made an attachment, as its name tells. Those of others are theirs: the
 * controller neither counts nor deletes them. Source: csi_attacher.go Detach, which deletes by name.
 */
export function isOwn({ metadata: { name = '' } }: VolumeAttachment): boolean {
  return OWN_NAME.test(name)
}

/** Whether the kubelet reports that it uses the volume. */
export function isInUse(node: Node | undefined, { unique }: AttachableVolume): boolean {
  return node?.status.volumesInUse?.includes(unique) === true
}

/** Whether the node is Ready, so that its report of volumes in use can be trusted. */
export function isHealthy(node: Node): boolean {
  return node.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true
}

/** Whether an administrator has marked the node as permanently down. */
export function isOutOfService({ spec }: Node): boolean {
  return spec.taints?.some(({ key }) => key === 'node.kubernetes.io/out-of-service') === true
}

/**
 * Returns the reason for a multi-attach error: names of the `others` that use the volume, but only a count of
 * those in other namespaces. Source: reconciler.go reportMultiAttachError.
 */
export function multiAttachText(others: readonly Pod[], namespace: string | undefined): string {
  if (others.length === 0)
    return "Volume is already exclusively attached to one node and can't be attached to another"
  const own = others
    .filter(({ metadata }) => metadata.namespace === namespace)
    .map(({ metadata }) => metadata.name)
  const foreign = others.length - own.length
  if (own.length === 0) return `Volume is already used by ${foreign} pod(s) in different namespaces`
  const text = `Volume is already used by pod(s) ${own.join(', ')}`
  return foreign > 0 ? `${text} and ${foreign} pod(s) in different namespaces` : text
}
