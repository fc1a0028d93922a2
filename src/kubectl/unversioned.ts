import type { KubeObject } from '../api/definition.js'

/**
 * An object as kubectl sends it to be created: without the version of the object that it was read from, so
 * that what `kubectl get -o yaml` has printed can be created again. Source: cli-runtime
 * pkg/resource/helper.go CreateWithOptions.
 */
export function unversioned<T extends KubeObject>(object: T): T {
  if (object.metadata.resourceVersion === undefined) return object
  const { resourceVersion: _, ...metadata } = object.metadata
  return { ...object, metadata }
}
