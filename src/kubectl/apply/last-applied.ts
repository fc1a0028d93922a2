import type { KubeObject } from '../../api/definition.js'
import { goJson } from '../print/json.js'

/** Where `apply` remembers what it was given. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/**
 * The object with the annotation that holds its own configuration (`isInOrder`: its keys stand as Go's fields
 * do). Source: kubectl util.GetModifiedConfiguration.
 */
export function withLastApplied(object: KubeObject, isInOrder = false): KubeObject {
  const { [LAST_APPLIED]: _, ...annotations } = object.metadata.annotations ?? {}
  const plain =
    isInOrder && Object.keys(annotations).length === 0
      ? object
      : { ...object, metadata: { ...object.metadata, annotations } }
  const configuration = `${goJson(plain, '', '', isInOrder)}\n`
  return {
    ...plain,
    metadata: { ...plain.metadata, annotations: { ...annotations, [LAST_APPLIED]: configuration } },
  }
}

/** The configuration that the last `apply` left on an object, undefined if there was none. */
export function lastAppliedOf({ metadata }: KubeObject): object | undefined {
  const text = metadata.annotations?.[LAST_APPLIED]
  return text === undefined || text === '' ? undefined : (JSON.parse(text) as object)
}

/**
 * The object without the annotation that `apply` leaves, with annotations in any case. Source:
 * util.GetModifiedConfiguration, not annotated.
 */
export function withoutLastApplied(object: KubeObject): KubeObject {
  const { [LAST_APPLIED]: _, ...annotations } = object.metadata.annotations ?? {}
  return { ...object, metadata: { ...object.metadata, annotations } }
}
