import type { PersistentVolume } from '../api/core/generated.js'
import { ignoreNotFound } from '../client/api-error.js'
import type { Component } from '../client/component.js'
import { keyOf } from '../client/informers/object-index.js'
import { builtInController } from './shared/define-controller.js'
import { hasFinalizer, withFinalizer, withoutFinalizer } from './shared/finalizers.js'
import { controllerIdentity, controllerName } from './shared/identity.js'

const FINALIZER = 'kubernetes.io/pv-protection'

/**
 * Creates the PV protection controller, whose finalizer keeps a volume that is being deleted until no claim
 * is bound to it. Source: pkg/controller/volume/pvprotection.
 */
export function createPvProtectionController(): Component {
  return builtInController({
    name: controllerName('persistentvolume-protection-controller'),
    identity: controllerIdentity('pv-protection-controller'),
    informers: { volumes: { resource: 'persistentvolumes' } },
    queue: { waitsForSync: false },
    setup: ({ host, informers: { volumes } }) => ({
      on: {
        volumes: ({ type, object }) => {
          if (type === 'DELETED') return []
          const mayChange =
            object.metadata.deletionTimestamp !== undefined || !hasFinalizer(object, FINALIZER)
          return mayChange ? [keyOf(object)] : []
        },
      },
      reconcile(name) {
        const volume = volumes.get(name)
        const next = volume && withWantedFinalizer(volume)
        if (next) ignoreNotFound(() => host.client.update('persistentvolumes', next))
      },
    }),
  })
}

/** Returns the volume with the finalizer added or removed, or undefined if it needs no change. */
function withWantedFinalizer(volume: PersistentVolume): PersistentVolume | undefined {
  const isProtected = hasFinalizer(volume, FINALIZER)
  if (volume.metadata.deletionTimestamp === undefined)
    return isProtected ? undefined : withFinalizer(volume, FINALIZER)
  return isProtected && volume.status.phase !== 'Bound' ? withoutFinalizer(volume, FINALIZER) : undefined
}
