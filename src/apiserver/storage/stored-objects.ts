import type { KubeObject } from '../../api/kind/definition.js'

/** The current stored objects for authorizers and authenticators, which read them without a request. */
export interface StoreView {
  /** Virtual milliseconds. */
  readonly now: () => number
  /**
   * Returns the stored object, or undefined. `resource` is a plural, with its group if needed
   * (`leases.coordination.k8s.io`).
   */
  get<T extends KubeObject>(resource: string, namespace: string | undefined, name: string): T | undefined
  /** Returns all stored objects of a resource in key order. */
  list<T extends KubeObject>(resource: string): readonly T[]
  /** Returns those whose indexed field (`pods`: `spec.nodeName`) has that value, in key order. */
  withField<T extends KubeObject>(resource: string, field: string, value: string): readonly T[]
  /**
   * Calls the listener for every later change of a resource: `next` is absent on removal, `old` on creation.
   */
  onChange<T extends KubeObject>(
    resource: string,
    listener: (next: T | undefined, old: T | undefined) => void,
  ): void
}
