import type { KubeObject } from '../../../src/api/kind/definition.js'

/** A write, `t` seconds after the recording began; less than 0 for what was before it. */
export interface Write {
  readonly t: number
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly resource: string
  readonly object: KubeObject
}

/** The objects of a resource as they were at `t`, in the order of their names. */
export function objectsAt(writes: readonly Write[], resource: string, t: number): readonly KubeObject[] {
  const objects = new Map<string, KubeObject>()
  for (const write of writes) {
    if (write.t > t) break
    if (write.resource !== resource) continue
    const { namespace = '', name = '' } = write.object.metadata
    if (write.type === 'DELETED') objects.delete(`${namespace}/${name}`)
    else objects.set(`${namespace}/${name}`, write.object)
  }
  return [...objects].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object)
}
