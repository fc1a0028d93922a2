import type { PersistentVolumeClaim } from '../api/core/generated.js'
import { compareQuantities, parseQuantity } from '../api/quantity.js'
import { ignoreNotFound } from '../client/api-error.js'
import type { Component, ComponentHost } from '../client/component.js'
import { keyOf } from '../client/object-index.js'
import { controllerIdentity, controllerName } from './shared/identity.js'
import { hasFeature } from './shared/version.js'
import { reconcileQueue } from './shared/queue.js'

const MESSAGE = 'waiting for an external controller to expand this PVC'

/**
 * Tells of claims that are to grow; nothing is left in the tree that could grow by itself: the rest is up to
 * the resizer of the driver. Source: pkg/controller/volume/expand.
 */
export function createVolumeExpandController(): Component {
  return {
    name: controllerName('persistentvolume-expander-controller'),
    identity: controllerIdentity('expand-controller'),
    setup: setUp,
  }
}

function setUp(host: ComponentHost): void {
  const claims = host.informer('persistentvolumeclaims')
  const recorder = host.recorder({ component: 'volume_expand' })
  const queue = reconcileQueue(host, [claims], (key) => {
    const claim = claims.get(key)
    const name = claim?.spec.volumeName
    if (!claim || name === undefined || !wantsMore(claim)) return
    const volume = ignoreNotFound(() => host.client.get('persistentvolumes', { name }))
    if (volume?.spec.claimRef?.uid !== claim.metadata.uid) return
    const type = hasFeature(host.version, 'normalExternalExpanding') ? 'Normal' : 'Warning'
    recorder.event(
      { object: claim, kind: 'PersistentVolumeClaim', apiVersion: 'v1' },
      type,
      'ExternalExpanding',
      MESSAGE,
    )
  })
  claims.onChange(({ type, object, old }) => {
    if (type !== 'MODIFIED' || !old || object.status.phase !== 'Bound') return
    if (compareQuantities(sizeOf(object), sizeOf(old)) > 0) queue.add(keyOf(object))
  })
}

const sizeOf = ({ spec }: PersistentVolumeClaim): ReturnType<typeof parseQuantity> =>
  parseQuantity(spec.resources.requests?.['storage'] ?? '0')

function wantsMore(claim: PersistentVolumeClaim): boolean {
  return compareQuantities(sizeOf(claim), parseQuantity(claim.status.capacity?.['storage'] ?? '0')) > 0
}
