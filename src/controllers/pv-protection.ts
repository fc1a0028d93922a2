import { ignoreNotFound } from '../client/api-error.js'
import type { Component, ComponentHost } from '../client/component.js'
import { controllerIdentity, controllerName } from './shared/identity.js'
import { hasFinalizer, withFinalizer, withoutFinalizer } from './shared/finalizers.js'

const FINALIZER = 'kubernetes.io/pv-protection'

/**
 * Holds volumes that are being deleted until no claim is bound to them. Source:
 * pkg/controller/volume/pvprotection.
 */
export function createPvProtectionController(): Component {
  return {
    name: controllerName('persistentvolume-protection-controller'),
    identity: controllerIdentity('pv-protection-controller'),
    setup: setUp,
  }
}

function setUp(host: ComponentHost): void {
  const volumes = host.informer('persistentvolumes')
  const queue = host.workQueue('queue', (name) => {
    const volume = volumes.get(name)
    if (volume) {
      const isLeaving = volume.metadata.deletionTimestamp !== undefined
      const isHeld = hasFinalizer(volume, FINALIZER)
      const next =
        !isLeaving && !isHeld
          ? withFinalizer(volume, FINALIZER)
          : isLeaving && isHeld && volume.status.phase !== 'Bound'
            ? withoutFinalizer(volume, FINALIZER)
            : undefined
      if (next) ignoreNotFound(() => host.client.update('persistentvolumes', next))
    }
    queue.forget(name)
  })
  volumes.onChange(({ type, object }) => {
    if (type === 'DELETED') return
    if (object.metadata.deletionTimestamp !== undefined || !hasFinalizer(object, FINALIZER))
      queue.add(object.metadata.name as string)
  })
}
