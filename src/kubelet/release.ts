/**
 * The parts of a kubelet's behaviour that depend on its own minor version (a node may be up to three minors
 * older than the server).
 */
export interface KubeletRelease {
  /** Minor version: 35 for `v1.35.2`. */
  readonly minor: number
  /** Text of the event `Created`. */
  readonly created: (container: string) => string
  /** Text of the event `Started`. */
  readonly started: (container: string) => string
  /** Text of the event `Pulled` if the image was already present. */
  readonly present: (image: string) => string
  /** Text of the event `Killing` when a pod is stopped. */
  readonly stopping: (container: string) => string
  /** Text of the event of a probe that could not be made, by the resulting state. */
  readonly probeErrored: (state: string) => string
  /**
   * Images that were pulled with credentials are refused to pods without: KubeletEnsureSecretPulledImages is
   * beta and on since 1.35.
   */
  readonly verifiesPulledImages: boolean
  /** Variables from files (`fileKeyRef`): EnvFiles is beta and on since 1.35. */
  readonly envFiles: boolean
  /** Condition DisruptionTarget of evicted pods: beta and on since 1.26. */
  readonly disruptionTarget: boolean
  /** Condition PodReadyToStartContainers: beta and on since 1.29. */
  readonly readyToStartContainers: boolean
  /** status.hostIPs: beta and on since 1.29. */
  readonly hostIPs: boolean
  /** A pod that the kubelet stops ends as its containers do, whatever its restart policy: since 1.27. */
  readonly endsAsContainers: boolean
  /** status.podIPs and `started` of containers: since 1.16. */
  readonly podIPs: boolean
  /** observedGeneration in status and conditions: beta and on since 1.34. */
  readonly observedGeneration: boolean
  /**
   * `resources` and `allocatedResources` of container statuses: in-place resize is beta and on since 1.33.
   */
  readonly containerResources: boolean
  /** `volumeMounts` of container statuses: beta and on since 1.31. */
  readonly volumeMounts: boolean
  /** nodeInfo.kubeProxyVersion is filled in: until 1.32. */
  readonly kubeProxyVersion: boolean
}

/** The release of a version such as `v1.35.2` or `v1.13.7-gke.8`; an invalid version counts as the newest. */
export function kubeletRelease(version: string): KubeletRelease {
  const minor = Number(/^v?1\.(\d+)/.exec(version)?.[1] ?? 35)
  const verbose = minor < 35
  return {
    minor,
    created: (container) =>
      verbose ? `Created container${minor < 32 ? '' : ':'} ${container}` : 'Container created',
    started: (container) => (verbose ? `Started container ${container}` : 'Container started'),
    present: (image) =>
      `Container image "${image}" already present on ` +
      `machine${verbose ? '' : ' and can be accessed by the pod'}`,
    stopping: (container) => `Stopping container ${container}`,
    probeErrored: (state) => (minor < 34 ? 'errored' : `errored and resulted in ${state} state`),
    verifiesPulledImages: minor >= 35,
    envFiles: minor >= 35,
    disruptionTarget: minor >= 26,
    readyToStartContainers: minor >= 29,
    hostIPs: minor >= 29,
    endsAsContainers: minor >= 27,
    podIPs: minor >= 16,
    observedGeneration: minor >= 34,
    containerResources: minor >= 33,
    volumeMounts: minor >= 31,
    kubeProxyVersion: minor < 33,
  }
}
