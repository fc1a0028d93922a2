/**
 * What policies cannot tell apart, as one thing with a number. Numbers are never given twice, so that answers
 * can be remembered by them.
 */
import type { IpFamily } from '../../api/ip.js'
import type { Labels } from '../../api/labels.js'
import type { NamedPort, PodModel } from '../model.js'
import type { Segment } from './segments.js'

/** Something that has labels: a namespace, a node, or a set of labels of pods. */
export interface Labelled {
  readonly id: number
  readonly labels: Labels
}

/** A namespace with the labels that it has now; other labels make another one of it. */
export interface NamespaceKind extends Labelled {
  readonly name: string
}

/**
 * Pods of one namespace with the same labels (those that some selector speaks of), the same named ports, seen
 * by the same kinds of policies: NetworkPolicy sees all of these.
 */
export interface PodKind {
  readonly id: number
  readonly namespace: NamespaceKind
  readonly labels: Labelled
  readonly ports: readonly NamedPort[]
  /** The same for the same ports. */
  readonly portsKey: string
  /** Cluster-wide policies see it, too. */
  readonly inCluster: boolean
}

/** An end of a connection as the rules of the other side see it. */
export interface EndKind {
  readonly id: number
  readonly pod: PodKind | undefined
  readonly family: IpFamily | undefined
  readonly address: Segment<PlacedPod> | undefined
  /** Labels of the node that has the address. */
  readonly node: Labelled | undefined
  readonly domains: readonly string[]
}

/** A pod and what it counts as. */
export interface PlacedPod {
  readonly model: PodModel
  /** Undefined: no policy can select it. */
  readonly kind: PodKind | undefined
  /** Whose traffic it is, of pods on the host's network. */
  readonly hostNode: string | undefined
  /** Which families it speaks, and which first; see `families.ts`. */
  readonly families: number
  /** What it is when IPv4 is spoken, IPv6, or neither; where it has no address of the family, the last. */
  readonly ends: readonly [EndKind, EndKind, EndKind]
}
