/**
 * Choices that Kubernetes leaves to the implementation. The defaults are what its documentation describes as
 * usual.
 */
export interface NetpolOptions {
  /**
   * How NetworkPolicy treats pods on the host's network. `'node'`: no selector matches them, and their
   * traffic is their node's. `'pod'`: they are ordinary pods. ClusterNetworkPolicy never selects them,
   * neither as subjects nor as peers.
   * @defaultValue 'node'
   */
  readonly hostNetwork?: 'node' | 'pod'
  /**
   * Which traffic between a pod and its own node NetworkPolicy never blocks: `'ingress'` from the node (all
   * that the API guarantees), `'both'` directions (as documented), or `'none'`. ClusterNetworkPolicy has no
   * such exception.
   * @defaultValue 'both'
   */
  readonly ownNode?: 'both' | 'ingress' | 'none'
  /**
   * Whether selectors match pods whose phase is Succeeded or Failed.
   * @defaultValue 'ignored'
   */
  readonly finishedPods?: 'ignored' | 'selected'
  /**
   * Whether the `ipBlock` of a NetworkPolicy matches pod addresses too, as the e2e suite expects, or only
   * other addresses. `networks` of ClusterNetworkPolicy always does.
   * @defaultValue 'match'
   */
  readonly ipBlockPods?: 'match' | 'ignore'
  /**
   * How policies of the same tier and priority are ordered: by `'name'`, or by `'creation'` (oldest first,
   * then by name).
   * @defaultValue 'name'
   */
  readonly equalPriority?: 'name' | 'creation'
}

/** Options with the defaults filled in. */
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

/**
 * Fills in the defaults.
 * @throws InputError if an option or its value is unknown
 * @example resolveOptions({}).hostNetwork // 'node'
 */
export function resolveOptions(options?: NetpolOptions | null): ResolvedOptions {
  if (options !== undefined && typeof options !== 'object')
    throw new InputError(
      `options must be an object such as { ownNode: 'none' }, not ${JSON.stringify(options)}`,
    )
  const wanted = Object.entries(options ?? {})
  for (const [name, value] of wanted) {
    const allowed: readonly unknown[] | undefined = Object.hasOwn(choices, name)
      ? choices[name as keyof ResolvedOptions]
      : undefined
    if (allowed === undefined)
      throw new InputError(`unknown option ${name} (${hintOf(name, Object.keys(choices))})`)
    if (value !== undefined && !allowed.includes(value))
      throw new InputError(`${name} must be one of ${allowed.join(', ')}, not ${String(value)}`)
  }
  const given = Object.fromEntries(wanted.filter(([, value]) => value !== undefined))
  return { ...defaults, ...given }
}
import { InputError } from '../lang/input-error.js'
import { hintOf } from '../lang/text/nearest.js'
