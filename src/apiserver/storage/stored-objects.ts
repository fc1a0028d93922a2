import type { KubeObject } from '../../api/definition.js'

/**
 * The stored objects, as authorizers and authenticators see them: no request, no history, always the present.
 */
export interface StoreView {
  /** Virtual milliseconds. */
  readonly now: () => number
  /**
   * The stored object, or undefined. `resource` is a plural, with its group where need be
   * (`leases.coordination.k8s.io`).
   */
  get<T extends KubeObject>(resource: string, namespace: string | undefined, name: string): T | undefined
  /** All stored objects of a resource, in key order. */
  list<T extends KubeObject>(resource: string): readonly T[]
  /** Those whose indexed field (`pods`: `spec.nodeName`) has that value, in key order. */
  withField<T extends KubeObject>(resource: string, field: string, value: string): readonly T[]
  /** Calls for every later change of a resource: `next` is absent on removal, `old` on creation. */
  onChange<T extends KubeObject>(
    resource: string,
    listener: (next: T | undefined, old: T | undefined) => void,
  ): void
}
