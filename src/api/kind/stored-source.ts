import type { KubeObject } from './definition.js'

/** What a function that reads stored objects needs of a cluster; a `SimCluster` has it. */
export interface StoredSource {
  readonly state: { peek(resource: string): readonly KubeObject[] }
}
