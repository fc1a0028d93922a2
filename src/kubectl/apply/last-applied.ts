import { parseExactJson } from '../../lang/go/json.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { goJson } from '../print/json.js'

/** The annotation in which `apply` stores the configuration that it was given. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/**
 * Returns the object with an annotation of its own configuration. `isInOrder`: its keys already have the
 * order of Go's fields. Source: kubectl util.GetModifiedConfiguration.
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

/** Returns the configuration that the last `apply` stored on an object; undefined if there is none. */
export function lastAppliedOf({ metadata }: KubeObject): object | undefined {
  const text = metadata.annotations?.[LAST_APPLIED]
  return text === undefined || text === '' ? undefined : (parseExactJson(text) as object)
}

/**
 * Returns the object without apply's annotation. It has annotations in any case, even empty ones. Source:
 * util.GetModifiedConfiguration, not annotated.
 */
export function withoutLastApplied(object: KubeObject): KubeObject {
  const { [LAST_APPLIED]: _, ...annotations } = object.metadata.annotations ?? {}
  return { ...object, metadata: { ...object.metadata, annotations } }
}
