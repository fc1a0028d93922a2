import type { KubeObject } from '../../../api/kind/definition.js'
import type { Minor } from '../../../api/releases.js'
import { forbidden } from '../../errors.js'
import type { AdmissionAttributes, AdmissionContext } from '../plugin.js'

/** A write by a node, to be checked. */
export interface NodeWrite {
  readonly node: string
  readonly attributes: AdmissionAttributes
  readonly context: AdmissionContext
  readonly minor: Minor
}

/** Throws 403: `pods "x" is forbidden: <why>`. */
export function refuse(
  {
    attributes: {
      definition: { group, resource },
      name,
    },
  }: NodeWrite,
  why: string,
): never {
  throw forbidden({ group, resource }, name, why)
}

/** Returns the object of a write as its kind. */
export const objectOf = <T extends KubeObject>({ attributes }: NodeWrite): T =>
  attributes.object as unknown as T

/** Returns the stored object of a write as its kind. */
export const oldOf = <T extends KubeObject>({ attributes }: NodeWrite): T => attributes.old as unknown as T
