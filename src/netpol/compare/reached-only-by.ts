import * as z from 'zod/mini'
import { anyObject, argumentsCheck } from '../../api/checked-input.js'
import type { LabelSelectorInput } from '../../api/meta/inputs.js'
import type { NetworkPolicyPeerInput, NetworkPolicyPortInput } from '../../api/networking/inputs.js'
import type { PolicySource } from '../world-of.js'
import { reachText } from './reach-text.js'
import { compare, type CompareOptions, type CounterConnection } from './compare.js'

const checkClaim = argumentsCheck(
  'checkReachedOnlyBy()',
  "checkReachedOnlyBy(policies, { podSelector: { matchLabels: { app: 'db' } }, from: [] })",
  () => ({
    policies: z.unknown(),
    claim: z.strictObject({
      namespace: z.optional(z.string()),
      podSelector: anyObject(),
      from: z.array(anyObject()),
      ports: z.optional(z.array(anyObject())),
    }),
  }),
)

/** Who alone may reach some pods, in the words of a NetworkPolicy. */
export interface ReachClaim {
  /**
   * Namespace of the pods, in which `podSelector` of a peer is looked for, too.
   * @default `default`
   */
  readonly namespace?: string
  /** The pods; `{}`: all of the namespace. */
  readonly podSelector: LabelSelectorInput
  /** Those that may reach them; `[]`: nobody. */
  readonly from: readonly NetworkPolicyPeerInput[]
  /**
   * On which ports they may.
   * @default all
   */
  readonly ports?: readonly NetworkPolicyPortInput[]
}

/** Whether a claim holds in every cluster; if not, a simplest connection that breaks it, also as prose. */
export type ReachVerdict =
  | { readonly holds: true; readonly counterExample?: never; readonly story?: never }
  | { readonly holds: false; readonly counterExample: CounterConnection; readonly story: string }

/**
 * Decides the claim that only `from` reaches some pods, over every possible cluster, as {@link compare} does:
 * it holds if the policies allow no connection that the one NetworkPolicy which says the claim forbids. A
 * pod still reaches itself, and its node reaches it, since no policy can forbid that.
 * @throws WorldError if a policy or the claim is invalid
 * @throws StepLimitError if `maxSteps` is not enough
 * @example
 * const claim = { podSelector: {}, from: [{ podSelector: { matchLabels: { app: 'web' } } }] }
 * checkReachedOnlyBy(cluster, claim).holds
 */
export function checkReachedOnlyBy(
  policies: PolicySource,
  claimed: ReachClaim,
  options: CompareOptions = {},
): ReachVerdict {
  checkClaim([policies, claimed])
  const { namespace = 'default', podSelector, from, ports } = claimed
  const claim = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'claim', namespace },
    spec: {
      podSelector,
      policyTypes: ['Ingress'],
      ingress: from.length === 0 ? [] : [{ from, ...(ports === undefined ? {} : { ports }) }],
    },
  }
  const { onlyA: counterExample } = compare(policies, [claim], options)
  if (counterExample === undefined) return { holds: true }
  return { holds: false, counterExample, story: reachText(counterExample) }
}
