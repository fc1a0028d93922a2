/**
 * Classes of things that policies cannot distinguish, each with a number. Numbers are never reused, so
 * verdicts can be cached by them.
 */
import type { IpFamily } from '../../api/ip.js'
import type { Labels } from '../../api/labels.js'
import type { NamedPort, PodModel } from '../model.js'
import type { Segment } from './segments.js'

/** Something with labels: a namespace, a node, or the labels shared by some pods. */
export interface Labelled {
  readonly id: number
  readonly labels: Labels
}

/** A namespace with its current labels; a change of labels makes a new kind. */
export interface NamespaceKind extends Labelled {
  readonly name: string
}

/**
 * Pods of one namespace with the same relevant labels (those that some selector mentions), the same named
 * ports, and visible to the same policy kinds. NetworkPolicy sees all of them.
 */
export interface PodKind {
  readonly id: number
  readonly namespace: NamespaceKind
  readonly labels: Labelled
  readonly ports: readonly NamedPort[]
  /** Equal for equal named ports. */
  readonly portsKey: string
  /** Cluster-wide policies see it as well. */
  readonly inCluster: boolean
}

/** An end of a connection as the rules of the other side see it. */
export interface EndKind {
  readonly id: number
  readonly pod: PodKind | undefined
  readonly family: IpFamily | undefined
  readonly address: Segment<PlacedPod> | undefined
  /** The labels of the node that owns the address. */
  readonly node: Labelled | undefined
  readonly domains: readonly string[]
}

/** A pod with its current classification. */
export interface PlacedPod {
  readonly model: PodModel
  /** Undefined if no policy can select it. */
  readonly kind: PodKind | undefined
  /** The node whose traffic it is, for a pod on the host's network. */
  readonly hostNode: string | undefined
  /** Its address families and their order; see `families.ts`. */
  readonly families: number
  /** What it is in an IPv4 connection, in an IPv6 one, and without an address of the family. */
  readonly ends: readonly [EndKind, EndKind, EndKind]
}
