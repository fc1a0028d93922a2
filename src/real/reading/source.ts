import type { KubeObject } from '../../api/kind/definition.js'

/** A resource that can be listed. */
export interface ListedResource {
  /** As kubectl names it: `deployments.apps`. */
  readonly name: string
  readonly isNamespaced: boolean
}

/** What was asked for, and what of it the server did not give: `pods is forbidden: ...`. */
export interface Listed<T> {
  readonly got: readonly T[]
  readonly refused: readonly Error[]
}

/** How a real cluster is read: by kubectl, or over HTTPS. */
export interface ClusterSource {
  /** `GET /version`, as JSON. */
  version(): Promise<string>
  /** The resources that can be listed, each in the version that the server prefers. */
  resources(): Promise<Listed<ListedResource>>
  /** Lists resources of all namespaces, or of one. */
  list(resources: readonly ListedResource[], namespace?: string): Promise<Listed<KubeObject>>
}
