import type { VolumeAttachment } from '../../api/storage/generated.js'
import { ignoreNotFound } from '../../client/api-error.js'
import { hasFinalizer, withFinalizer, withoutFinalizer } from '../shared/finalizers.js'
import type { StorageContext } from './context.js'
import { forget, handles, isDone } from './context.js'

/**
 * Attaches and detaches what VolumeAttachments ask for. Source: kubernetes-csi/external-attacher
 * csi_handler.go.
 */
export function attach(context: StorageContext, attachment: VolumeAttachment, work: string): void {
  const { attacher } = attachment.spec
  if (!handles(context, attacher)) return
  const { client } = context.host
  const { timings } = context
  const finalizer = `external-attacher/${attacher.replaceAll('.', '-')}`
  if (attachment.metadata.deletionTimestamp !== undefined) {
    if (!hasFinalizer(attachment, finalizer) || !isDone(context, work, timings.detach)) return
    ignoreNotFound(() => client.update('volumeattachments', withoutFinalizer(attachment, finalizer)))
    return forget(context, work)
  }
  if (attachment.status.attached) return
  const held = hasFinalizer(attachment, finalizer)
    ? attachment
    : client.update('volumeattachments', withFinalizer(attachment, finalizer))
  if (!isDone(context, work, timings.attach)) return
  ignoreNotFound(() =>
    client.updateStatus('volumeattachments', { ...held, status: { ...held.status, attached: true } }),
  )
  forget(context, work)
}
