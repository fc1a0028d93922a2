import { addonVersions, minorOf, releaseOf } from '../kubeadm/addon-versions.js'
import {
  type FeatureGate,
  type FeatureGateChange,
  featureGateHistory,
  featureGates,
  gateNames,
} from '../../api/feature-gates.js'
import { InputError } from '../../lang/input-error.js'
import { hintOf } from '../../lang/text/nearest.js'
import { throwAtCaller } from '../at-caller.js'
import { versionsInputs } from '../inputs/methods.js'
import type { Node } from '../../api/core/generated.js'
import type { ClusterParts } from './assemble.js'

/** Returns how many minor versions a kubelet may be behind the apiserver: three since 1.28, two before. */
export function kubeletSkew(version: string): number {
  return minorOf(version) >= 28 ? 3 : 2
}

/** A component that is too new or too old for the apiserver. */
export interface SkewFault {
  readonly component: string
  readonly version: string
  /** The violated rule, in words. */
  readonly rule: string
}

/**
 * Returns the components outside the version skew policy. `components` are given by kind (`kubelet`,
 * `kube-proxy`, `kubectl`, `kube-scheduler`, ...), name and version.
 */
export function versionSkew(
  apiserver: string,
  components: readonly { readonly kind: string; readonly name: string; readonly version: string }[],
): readonly SkewFault[] {
  const own = minorOf(apiserver)
  return components.flatMap(({ kind, name, version }) => {
    const behind = own - minorOf(version)
    const onNode = kind === 'kubelet' || kind === 'kube-proxy'
    const older = onNode ? kubeletSkew(apiserver) : 1
    const newer = kind === 'kubectl' ? 1 : 0
    if (-behind > newer)
      return [
        {
          component: name,
          version,
          rule:
            newer === 0
              ? `${kind} must not be newer than kube-apiserver`
              : `${kind} must be within one minor version of kube-apiserver`,
        },
      ]
    if (behind <= older) return []
    const words = ['', 'one minor version', 'two minor versions', 'three minor versions'][older] ?? ''
    return [
      {
        component: name,
        version,
        rule:
          kind === 'kubectl'
            ? `${kind} must be within one minor version of kube-apiserver`
            : `${kind} may be up to ${words} older than kube-apiserver`,
      },
    ]
  })
}

/** A component of a cluster with its version. */
export interface ComponentVersion {
  /** `kube-apiserver`, `kubelet`, `etcd`, ... */
  readonly component: string
  /** `v1.35.0`; in the component's own format if it is versioned separately: `3.6.6-0`. */
  readonly version: string
  /** Name of the node, for a component on a node. */
  readonly node?: string
}

/**
 * Returns the versioned components of a cluster: the control plane with one version, kubelets with theirs,
 * and those that are versioned separately.
 */
export function componentVersions(
  controlPlane: string,
  kubelets: readonly { readonly node: string; readonly version: string }[],
): readonly ComponentVersion[] {
  const { etcd, coreDNS, pause } = addonVersions(controlPlane)
  return [
    ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubectl'].map((component) => ({
      component,
      version: controlPlane,
    })),
    ...kubelets.flatMap(({ node, version }) => [
      { component: 'kubelet', version, node },
      { component: 'kube-proxy', version: controlPlane, node },
    ]),
    { component: 'etcd', version: etcd },
    { component: 'coredns', version: coreDNS },
    { component: 'pause', version: pause },
  ]
}

/** `cluster.versions`: versions of the components, and the features of the cluster's minor version. */
export class VersionsFacet {
  static {
    throwAtCaller(this.prototype, versionsInputs)
  }
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
    const release = simulation.slice('extension', 'release', () => ({ version: releaseOf(version) }))
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

  /**
   * Returns the feature gates that the minor version knows, with their stage, their default, and whether they
   * are locked to it.
   */
  featureGates(): readonly FeatureGate[] {
    return featureGates(this.#parts().version)
  }

  /**
   * Returns what became of a feature gate since v1.13, oldest first, up to its removal.
   * @throws InputError if no release since then has known it
   * @example cluster.versions.featureGateHistory('SidecarContainers')
   */
  featureGateHistory(name: string): readonly FeatureGateChange[] {
    const history = featureGateHistory(name)
    if (history !== undefined) return history
    const hint = hintOf(name, gateNames(), 'no release from v1.13 on has known it')
    throw new InputError(`featureGateHistory(): there is no feature gate ${JSON.stringify(name)} (${hint})`)
  }
}
