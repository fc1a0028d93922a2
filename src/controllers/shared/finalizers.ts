import type { KubeObject } from '../../api/kind/definition.js'

/** Whether the object has the finalizer. */
export function hasFinalizer({ metadata }: KubeObject, finalizer: string): boolean {
  return metadata.finalizers?.includes(finalizer) === true
}

/** Returns the object with the finalizer added. */
export function withFinalizer<T extends KubeObject>(object: T, finalizer: string): T {
  return {
    ...object,
    metadata: { ...object.metadata, finalizers: [...(object.metadata.finalizers ?? []), finalizer] },
  }
}

/** Returns the object with the finalizer removed. */
export function withoutFinalizer<T extends KubeObject>(object: T, finalizer: string): T {
  return {
    ...object,
    metadata: {
      ...object.metadata,
      finalizers: object.metadata.finalizers?.filter((one) => one !== finalizer) ?? [],
    },
  }
}
