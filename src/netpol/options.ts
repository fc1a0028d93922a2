/** What Kubernetes leaves open, as choices. The defaults are what the documentation calls usual. */
export interface NetpolOptions {
  /**
   * Pods on the host's network under NetworkPolicy. `'node'`: no selector finds them, their traffic is their
   * node's. `'pod'`: they are pods like all others. ClusterNetworkPolicy never selects them, neither as
   * subjects nor as peers.
   * @defaultValue 'node'
   */
  readonly hostNetwork?: 'node' | 'pod'
  /**
   * Traffic between a pod and its own node that NetworkPolicy never blocks: what comes from the node
   * (`'ingress'`, all that the API promises), `'both'` ways, as the documentation has it, or `'none'`.
   * ClusterNetworkPolicy knows no such exception.
   * @defaultValue 'both'
   */
  readonly ownNode?: 'both' | 'ingress' | 'none'
  /**
   * Pods whose phase is Succeeded or Failed: `'ignored'` by all selectors, or `'selected'` like those that
   * run.
   * @defaultValue 'ignored'
   */
  readonly finishedPods?: 'ignored' | 'selected'
  /**
   * Whether the `ipBlock` of a NetworkPolicy also holds for addresses of pods, as the e2e suite asks, or only
   * for others. `networks` of ClusterNetworkPolicy always does.
   * @defaultValue 'match'
   */
  readonly ipBlockPods?: 'match' | 'ignore'
  /**
   * Which of several policies of one tier and one priority comes first: by `'name'`, or by `'creation'`, the
   * older first, then by name.
   * @defaultValue 'name'
   */
  readonly equalPriority?: 'name' | 'creation'
}

/** All choices made. */
export type ResolvedOptions = Required<NetpolOptions>

const defaults: ResolvedOptions = {
  hostNetwork: 'node',
  ownNode: 'both',
  finishedPods: 'ignored',
  ipBlockPods: 'match',
  equalPriority: 'name',
}

const choices: { readonly [K in keyof ResolvedOptions]: readonly ResolvedOptions[K][] } = {
  hostNetwork: ['node', 'pod'],
  ownNode: ['both', 'ingress', 'none'],
  finishedPods: ['ignored', 'selected'],
  ipBlockPods: ['match', 'ignore'],
  equalPriority: ['name', 'creation'],
}

/** Fills in the defaults. A RangeError names a choice that there is not. */
export function resolveOptions(options?: NetpolOptions | null): ResolvedOptions {
  const wanted = Object.entries(options ?? {})
  for (const [name, value] of wanted) {
    const allowed: readonly unknown[] | undefined = Object.hasOwn(choices, name)
      ? choices[name as keyof ResolvedOptions]
      : undefined
    if (allowed === undefined)
      throw new RangeError(`there is no option ${name}; there are ${Object.keys(choices).join(', ')}`)
    if (value !== undefined && !allowed.includes(value))
      throw new RangeError(`${name}: ${String(value)} is none of ${allowed.join(', ')}`)
  }
  const given = Object.fromEntries(wanted.filter(([, value]) => value !== undefined))
  return { ...defaults, ...given }
}
