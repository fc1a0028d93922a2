import type { Requirement } from '../api/selectors/labels.js'
import type { RuleAction, ClusterPolicyKind, Direction } from './model.js'
import type { ResolvedOptions } from './options.js'
import type { Protocol } from './world.js'

/** One end of the connection. `pod` is `ns/name`; `node` is the node whose traffic it is. */
export interface EndProof {
  readonly pod?: string
  readonly hostNetwork?: true
  readonly finished?: true
  readonly node?: string
  readonly address?: string
  readonly domains?: readonly string[]
}

/** The connection as it was resolved. `port` is absent if the destination has none of the requested name. */
export interface ConnectionProof {
  readonly from: EndProof
  readonly to: EndProof
  readonly port?: number
  readonly protocol: Protocol
  readonly self?: true
  readonly service?: true
}

/** Why a field matched or did not match the connection; the reasons after "-" are mismatches. */
export type Because =
  /** The list is absent or empty and matches everyone, or every port. */
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
  /** An entry without a known field, because of which the rule fails closed. */
  | 'unknownField'

/** The test of one field against the connection. */
export interface Trial {
  /** The field in the policy as written: `spec.ingress[0].from[1].podSelector`. */
  readonly path: string
  readonly matched: boolean
  readonly because: Because
  /** The requirement that is not met. */
  readonly requirement?: Requirement
  /** The value that was tested: of a label, an address or a port. Null if the label is absent. */
  readonly actual?: string | null
}

/** A rule that was tried: its peers until one matched, then its ports until one matched. */
export interface RuleProof {
  /** `spec.ingress[0]` */
  readonly path: string
  readonly name?: string
  readonly matched: boolean
  /** The rule's action; only in cluster-wide policies. */
  readonly action?: RuleAction
  /** An entry is unknown, so Accept matches nothing and Deny and Pass deny everything. */
  readonly failsClosed?: true
  readonly trials: readonly Trial[]
}

/** A policy that selects the pod in this direction, with the rules that were tried. */
export interface PolicyProof {
  readonly kind: 'NetworkPolicy' | ClusterPolicyKind
  readonly namespace?: string
  readonly name: string
  readonly priority?: number
  readonly rules: readonly RuleProof[]
}

/**
 * The outcome of one tier. `none`: no policy selects the pod or no rule matches, so the next tier is
 * evaluated.
 */
export interface TierProof {
  readonly tier: 'Admin' | 'NetworkPolicy' | 'Baseline'
  readonly outcome: RuleAction | 'none'
  /** Traffic that NetworkPolicy cannot block: with the pod's own node, or of the pod with itself. */
  readonly exception?: 'ownNode' | 'self'
  readonly policies: readonly PolicyProof[]
}

/**
 * Why one side allows or denies. `noSubject`: there is no pod that a policy could select; `self`: a pod
 * reaches its own address; a tier name: that tier decided; `default`: none did, which allows.
 */
export interface SideProof {
  readonly direction: Direction
  readonly allowed: boolean
  readonly because: 'noSubject' | 'self' | 'default' | TierProof['tier']
  readonly tiers: readonly TierProof[]
}

/** Why a connection is allowed or denied: both sides must allow it. Plain JSON. */
export interface Proof {
  readonly connection: ConnectionProof
  readonly options: ResolvedOptions
  readonly egress: SideProof
  readonly ingress: SideProof
}

/** A verdict and its proof. */
export interface ConnectionVerdict {
  readonly allowed: boolean
  readonly proof: Proof
}
