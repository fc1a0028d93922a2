import type { PersistentVolumeClaim } from '../api/core/generated.js'
import { compareQuantities, parseQuantity } from '../api/quantity.js'
import { ignoreNotFound } from '../client/api-error.js'
import type { Component } from '../client/component.js'
import { keyOf } from '../client/informers/object-index.js'
import { builtInController } from './shared/define-controller.js'
import { controllerIdentity, controllerName } from './shared/identity.js'
import { hasFeature } from './shared/version.js'

const MESSAGE = 'waiting for an external controller to expand this PVC'

/**
 * Creates the volume expand controller. Its only effect is an event on a claim whose request grows: all
 * in-tree plugins that could expand volumes are gone, so the driver's resizer does the work. Source:
 * pkg/controller/volume/expand.
 */
export function createVolumeExpandController(): Component {
  return builtInController({
    name: controllerName('persistentvolume-expander-controller'),
    identity: controllerIdentity('expand-controller'),
    informers: { claims: { resource: 'persistentvolumeclaims' } },
    setup: ({ host, informers: { claims } }) => {
      const recorder = host.recorder({ component: 'volume_expand' })
      return {
        on: {
          claims: ({ type, object, old }) => {
            if (type !== 'MODIFIED' || !old || object.status.phase !== 'Bound') return []
            return compareQuantities(requestedSize(object), requestedSize(old)) > 0 ? [keyOf(object)] : []
          },
        },
        reconcile(key) {
          const claim = claims.get(key)
          const name = claim?.spec.volumeName
          if (!claim || name === undefined || !needsExpansion(claim)) return
          const volume = ignoreNotFound(() => host.client.get('persistentvolumes', { name }))
          if (volume?.spec.claimRef?.uid !== claim.metadata.uid) return
          const type = hasFeature(host.version, 'normalExternalExpanding') ? 'Normal' : 'Warning'
          const target = { object: claim, kind: 'PersistentVolumeClaim', apiVersion: 'v1' }
          recorder.event(target, type, 'ExternalExpanding', MESSAGE)
        },
      }
    },
  })
}

const requestedSize = ({ spec }: PersistentVolumeClaim): ReturnType<typeof parseQuantity> =>
  parseQuantity(spec.resources.requests?.['storage'] ?? '0')

function needsExpansion(claim: PersistentVolumeClaim): boolean {
  return compareQuantities(requestedSize(claim), parseQuantity(claim.status.capacity?.['storage'] ?? '0')) > 0
}
