import type { Requirement } from '../api/labels.js'
import type { Action, ClusterPolicyKind, Direction } from './model.js'
import type { ResolvedOptions } from './options.js'
import type { Protocol } from './world.js'

/** One end as the proof tells it. `pod` is `ns/name`; `node` is the node whose traffic it is. */
export interface EndProof {
  readonly pod?: string
  readonly hostNetwork?: true
  readonly finished?: true
  readonly node?: string
  readonly address?: string
  readonly domains?: readonly string[]
}

/**
 * The connection as it was understood. Without `port`, the destination has none of the name that was asked
 * for.
 */
export interface ConnectionProof {
  readonly from: EndProof
  readonly to: EndProof
  readonly port?: number
  readonly protocol: Protocol
  readonly self?: true
  readonly service?: true
}

/** What a field said of the connection; the ones after "-" say no. */
export type Because =
  /** The list is absent or empty: everyone, or every port. */
  | 'everyPeer'
  | 'everyPort'
  | 'podSelected'
  | 'addressInRange'
  | 'nodeSelected'
  | 'domainMatched'
  | 'portMatched'
  | 'everyPortOfProtocol'
  | 'namedPortMatched'
  // -
  /** A selector's requirement that the labels of the pod, its namespace or the node do not meet. */
  | 'podLabels'
  | 'namespaceLabels'
  | 'nodeLabels'
  | 'otherNamespace'
  | 'notAPod'
  | 'notANode'
  | 'addressOutOfRange'
  | 'addressExcepted'
  | 'otherFamily'
  | 'noAddress'
  | 'addressOfPod'
  | 'noDomain'
  | 'otherDomain'
  | 'otherProtocol'
  | 'otherPort'
  | 'noSuchNamedPort'
  /** An entry without a known field, by which the rule fails closed. */
  | 'unknownField'

/** One field held against the connection. */
export interface Trial {
  /** The field of the policy, as written there: `spec.ingress[0].from[1].podSelector`. */
  readonly path: string
  readonly matched: boolean
  readonly because: Because
  /** The requirement that is not met. */
  readonly requirement?: Requirement
  /** What stood against it: the label's value, the address, the port; null for a label that is absent. */
  readonly actual?: string | null
}

/** One rule that was tried: its peers until one matched, then its ports until one matched. */
export interface RuleProof {
  /** `spec.ingress[0]` */
  readonly path: string
  readonly name?: string
  readonly matched: boolean
  /** What the rule does; only of cluster-wide policies. */
  readonly action?: Action
  /** An entry is unknown: Accept matches nothing, Deny and Pass deny all. */
  readonly failsClosed?: true
  readonly trials: readonly Trial[]
}

/** A policy that selects the pod in this direction, and its rules as far as they were tried. */
export interface PolicyProof {
  readonly kind: 'NetworkPolicy' | ClusterPolicyKind
  readonly namespace?: string
  readonly name: string
  readonly priority?: number
  readonly rules: readonly RuleProof[]
}

/** What one tier said. `none`: no policy selects the pod or no rule matches, the next tier is asked. */
export interface TierProof {
  readonly tier: 'Admin' | 'NetworkPolicy' | 'Baseline'
  readonly outcome: Action | 'none'
  /** Traffic that no NetworkPolicy can block: of the pod's own node, or of the pod with itself. */
  readonly exception?: 'ownNode' | 'self'
  readonly policies: readonly PolicyProof[]
}

/**
 * Why one side lets it pass or not. `noSubject`: there is no pod that a policy could select; `self`: a pod
 * reaches its own address; a tier: it decided; `default`: no tier did, which allows.
 */
export interface SideProof {
  readonly direction: Direction
  readonly allowed: boolean
  readonly because: 'noSubject' | 'self' | 'default' | TierProof['tier']
  readonly tiers: readonly TierProof[]
}

/** Why a connection is allowed or not: both sides must allow it. Plain JSON. */
export interface Proof {
  readonly connection: ConnectionProof
  readonly options: ResolvedOptions
  readonly egress: SideProof
  readonly ingress: SideProof
}

/** A verdict and what it rests on. */
export interface Verdict {
  readonly allowed: boolean
  readonly proof: Proof
}
