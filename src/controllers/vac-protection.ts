import type { PersistentVolume, PersistentVolumeClaim } from '../api/core/generated.js'
import { ignoreNotFound } from '../client/api-error.js'
import type { Component, ComponentHost } from '../client/component.js'
import { controllerIdentity, controllerName } from './shared/identity.js'
import { hasFinalizer, withFinalizer, withoutFinalizer } from './shared/finalizers.js'
import { LazyInformer } from './shared/lazy-informer.js'
import { reconcileQueue } from './shared/queue.js'

const FINALIZER = 'kubernetes.io/vac-protection'
const CLASS = 'attributes-class'

/**
 * Holds volume attributes classes that are being deleted until no claim and no volume names them. Source:
 * pkg/controller/volume/vacprotection.
 */
export function createVacProtectionController(): Component {
  return {
    name: controllerName('volumeattributesclass-protection-controller'),
    identity: controllerIdentity('volumeattributesclass-protection-controller'),
    setup: setUp,
  }
}

function setUp(host: ComponentHost): void {
  const classes = host.informer('volumeattributesclasses')
  const look = (names: readonly string[]): void => {
    for (const name of names) if (classes.get(name)?.metadata.deletionTimestamp !== undefined) queue.add(name)
  }
  const claims = new LazyInformer(
    host.state('claims', () => false),
    () =>
      host
        .informer('persistentvolumeclaims', { indexers: { [CLASS]: classesOfClaim } })
        .onChange(({ object, old }) => look(classesOfClaim(old ?? object))),
  )
  const volumes = new LazyInformer(
    host.state('volumes', () => false),
    () =>
      host
        .informer('persistentvolumes', { indexers: { [CLASS]: classOfVolume } })
        .onChange(({ object, old }) => look(classOfVolume(old ?? object))),
  )
  const queue = reconcileQueue(host, [classes, claims, volumes], (name) => {
    const object = classes.get(name)
    if (!object) return
    const isHeld = hasFinalizer(object, FINALIZER)
    if (object.metadata.deletionTimestamp === undefined) {
      if (!isHeld)
        ignoreNotFound(() => host.client.update('volumeattributesclasses', withFinalizer(object, FINALIZER)))
      return
    }
    if (
      !isHeld ||
      claims.need().byIndex(CLASS, name).length > 0 ||
      volumes.need().byIndex(CLASS, name).length > 0
    )
      return
    ignoreNotFound(() => host.client.update('volumeattributesclasses', withoutFinalizer(object, FINALIZER)))
  })
  classes.onChange(({ type, object }) => {
    const isLeaving = object.metadata.deletionTimestamp !== undefined
    if (type === 'DELETED' || isLeaving !== hasFinalizer(object, FINALIZER)) return
    if (isLeaving) {
      claims.need()
      volumes.need()
    }
    queue.add(object.metadata.name as string)
  })
}

/** The class that a claim wants, the one that it has, and the one that it is being changed to. */
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
