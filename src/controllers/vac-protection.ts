import type { PersistentVolume, PersistentVolumeClaim } from '../api/core/generated.js'
import { ignoreNotFound } from '../client/api-error.js'
import type { Component } from '../client/component.js'
import { keyOf } from '../client/informers/object-index.js'
import { builtInController } from './shared/define-controller.js'
import { hasFinalizer, withFinalizer, withoutFinalizer } from './shared/finalizers.js'
import { controllerIdentity, controllerName } from './shared/identity.js'

const FINALIZER = 'kubernetes.io/vac-protection'
const CLASS = 'attributes-class'

/**
 * Creates the controller whose finalizer keeps a VolumeAttributesClass that is being deleted until no claim
 * and no volume names it. Claims and volumes are not watched before a class is deleted. Source:
 * pkg/controller/volume/vacprotection.
 */
export function createVacProtectionController(): Component {
  return builtInController({
    name: controllerName('volumeattributesclass-protection-controller'),
    identity: controllerIdentity('volumeattributesclass-protection-controller'),
    informers: { classes: { resource: 'volumeattributesclasses' } },
    lazyInformers: {
      claims: { resource: 'persistentvolumeclaims', indexers: { [CLASS]: classesOfClaim } },
      volumes: { resource: 'persistentvolumes', indexers: { [CLASS]: classOfVolume } },
    },
    setup: ({ host: { client }, informers: { classes, claims, volumes } }) => {
      const deleted = (names: readonly string[]): readonly string[] =>
        names.filter((name) => classes.get(name)?.metadata.deletionTimestamp !== undefined)
      const isUsed = (name: string): boolean =>
        claims.need().byIndex(CLASS, name).length > 0 || volumes.need().byIndex(CLASS, name).length > 0
      return {
        on: {
          claims: ({ object, old }) => deleted(classesOfClaim(old ?? object)),
          volumes: ({ object, old }) => deleted(classOfVolume(old ?? object)),
          classes: ({ type, object }) => {
            const isDeleted = object.metadata.deletionTimestamp !== undefined
            if (type === 'DELETED' || isDeleted !== hasFinalizer(object, FINALIZER)) return []
            if (isDeleted) {
              claims.need()
              volumes.need()
            }
            return [keyOf(object)]
          },
        },
        reconcile(name) {
          const object = classes.get(name)
          if (!object) return
          const isProtected = hasFinalizer(object, FINALIZER)
          if (object.metadata.deletionTimestamp === undefined) {
            if (!isProtected)
              ignoreNotFound(() => client.update('volumeattributesclasses', withFinalizer(object, FINALIZER)))
          } else if (isProtected && !isUsed(name)) {
            ignoreNotFound(() =>
              client.update('volumeattributesclasses', withoutFinalizer(object, FINALIZER)),
            )
          }
        },
      }
    },
  })
}

/** Returns the class that a claim requests, the one it has, and the one it is being changed to. */
function classesOfClaim({ spec, status }: PersistentVolumeClaim): readonly string[] {
  const names = [
    spec.volumeAttributesClassName,
    status.currentVolumeAttributesClassName,
    status.modifyVolumeStatus?.targetVolumeAttributesClassName,
  ]
  return [...new Set(names.filter((name) => name !== undefined && name !== ''))] as string[]
}

function classOfVolume({ spec }: PersistentVolume): readonly string[] {
  return spec.volumeAttributesClassName === undefined ? [] : [spec.volumeAttributesClassName]
}
