import type { FeatureGate } from '../../api/feature-gates.js'
import { featureGates } from '../../api/feature-gates.js'
import type { Node } from '../../api/core/generated.js'
import type { ClusterParts } from './assemble.js'
import type { ComponentVersion, SkewFault } from './version-skew.js'
import { componentVersions, versionSkew } from './version-skew.js'

/** `cluster.release`: versions of the components, and the features of the cluster's minor version. */
export class ReleaseFacet {
  readonly #parts: () => ClusterParts

  constructor(parts: () => ClusterParts) {
    this.#parts = parts
  }

  /**
   * Returns the version of each component. Control plane components share one, kubelets have their own; etcd,
   * CoreDNS and pause are versioned separately.
   */
  components(): readonly ComponentVersion[] {
    const { simulation, plane, version } = this.#parts()
    const release = simulation.slice('extension', 'release', () => ({ version: `${version}.0` }))
    const nodes = plane.server.peekAll('nodes') as unknown as readonly Node[]
    return componentVersions(
      release.value.version,
      nodes.map(({ metadata, status }) => ({
        node: metadata.name ?? '',
        version: status.nodeInfo?.kubeletVersion ?? '',
      })),
    )
  }

  /**
   * Returns the components whose version is further from the apiserver's than the version skew policy allows,
   * with the rule.
   */
  skew(): readonly SkewFault[] {
    const versions = this.components()
    const apiserver = versions.find(({ component }) => component === 'kube-apiserver')?.version ?? ''
    return versionSkew(
      apiserver,
      versions
        .filter(({ component }) => component.startsWith('kube'))
        .map(({ component, version, node }) => ({ kind: component, name: node ?? component, version })),
    )
  }

  /** Returns the feature gates of the minor version, with their stage and default. */
  featureGates(): readonly FeatureGate[] {
    return featureGates(this.#parts().version)
  }
}
