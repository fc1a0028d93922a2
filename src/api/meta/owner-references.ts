import type { KubeObject } from '../kind/definition.js'
import type { OwnerReference } from './generated.js'

/**
 * Returns the owner reference with `controller: true`, or undefined. Source: apimachinery
 * metav1.GetControllerOf.
 */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((reference) => reference.controller === true)
}

/** Whether `owner` is the controller of `object`. */
export function isControlledBy(object: KubeObject, owner: KubeObject): boolean {
  return controllerOf(object)?.uid === owner.metadata.uid
}

/**
 * Returns a controller reference to `owner` (controller and blockOwnerDeletion true). Source:
 * metav1.NewControllerRef.
 */
export function newControllerRef(owner: KubeObject, apiVersion: string, kind: string): OwnerReference {
  const { name, uid } = owner.metadata
  return {
    apiVersion,
    kind,
    name: name as string,
    uid: uid as string,
    controller: true,
    blockOwnerDeletion: true,
  }
}
